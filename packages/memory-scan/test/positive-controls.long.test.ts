// Each test plants a copy in a process and finds it from here.
import { MaskedNeedle, scanProcess, type Encoding, type Finding } from '@evolock/memory-scan';
import { describe, expect, test } from 'vitest';
import { notLinux, withTarget } from './support/target.js';

async function findingsOf(scenario: string): Promise<readonly Finding[]> {
  const needle = MaskedNeedle.random('canary', 32);
  return withTarget(scenario, needle, (pid) => scanProcess(pid, [needle]).findings);
}

const whole = { needle: 'canary', offset: 0, length: 32 };

describe.skipIf(notLinux)('encodings in the JavaScript heap', () => {
  const scenarios: readonly (readonly [scenario: string, encoding: Encoding])[] = [
    ['small-array', 'raw'],
    ['buffer', 'raw'],
    ['hex-lower', 'hex-lower'],
    ['hex-upper', 'hex-upper'],
    ['utf-16', 'utf-16'],
    ['utf-16-hex-lower', 'utf-16-hex-lower'],
    ['utf-16-hex-upper', 'utf-16-hex-upper'],
    ['swapped-32', 'swapped-32'],
    ['swapped-64', 'swapped-64'],
    ['number-array', 'number-array'],
  ];

  test.each(scenarios)('%s is found as %s, complete', async (scenario, encoding) => {
    const findings = await findingsOf(scenario);
    expect(findings).toContainEqual(expect.objectContaining({ ...whole, encoding }));
  });

  test.each([
    ['base64', 'base64'],
    ['utf-16-base64', 'utf-16-base64'],
  ])('%s is found as %s', async (scenario, encoding) => {
    const findings = await findingsOf(scenario);
    expect(findings).toContainEqual(expect.objectContaining({ ...whole, encoding }));
  });

  test.each(['base64url', 'utf-16-base64url'])(
    '%s is found up to where the alphabets differ',
    async (scenario) => {
      const encodings = new Set((await findingsOf(scenario)).map(({ encoding }) => encoding));
      // A text without + and / is equal in both alphabets, and is reported as the first.
      expect(
        encodings.has(scenario as Encoding) ||
          encodings.has(scenario.replace('url', '') as Encoding),
      ).toBe(true);
    },
  );

  test('finds base64 at all three alignments', async () => {
    const starts = (await findingsOf('base64'))
      .filter(({ encoding, length }) => encoding === 'base64' && length >= 31)
      .map(({ address }) => address);
    expect(new Set(starts).size).toBeGreaterThanOrEqual(3);
  });
});

describe.skipIf(notLinux)('finds a copy in', () => {
  test('the C stack, where the first call of a native function leaves its argument', async () => {
    const findings = await findingsOf('stack');
    const onStack = findings.filter(({ mapping }) => mapping.name === '[stack]');
    expect(onStack).toContainEqual(expect.objectContaining({ ...whole, encoding: 'raw' }));
    expect(onStack.every(({ mapping }) => !mapping.locked)).toBe(true);
  });

  test('freed memory', async () => {
    const findings = await findingsOf('freed');
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.some(({ encoding, length }) => encoding === 'raw' && length === 32)).toBe(true);
  });

  test('locked memory only, and reports that it is locked and not in core dumps', async () => {
    const findings = await findingsOf('locked');
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ ...whole, encoding: 'raw' });
    expect(findings[0]?.mapping).toMatchObject({ locked: true, dumped: false });
  });

  test('memory without read permission', async () => {
    const needle = MaskedNeedle.random('canary', 32);
    await withTarget('no-access', needle, (pid) => {
      const { findings, unreadable } = scanProcess(pid, [needle]);
      // A kernel with proc_mem.force_override=never refuses, which the report states.
      expect([...findings, ...unreadable].map(({ mapping }) => mapping.permissions)).toContain(
        '---p',
      );
    });
  });

  test('unlocked memory, and reports that', async () => {
    const findings = await findingsOf('buffer');
    expect(findings.map(({ mapping }) => mapping.locked)).toEqual(findings.map(() => false));
    expect(findings.every(({ mapping }) => mapping.permissions === 'rw-p')).toBe(true);
  });
});

describe.skipIf(notLinux)('finds a residue', () => {
  test('after a prefix byte', async () => {
    const findings = await findingsOf('after-prefix');
    expect(findings).toContainEqual(expect.objectContaining({ ...whole, encoding: 'raw' }));
  });

  test('after a prefix byte in swapped words', async () => {
    const findings = await findingsOf('swapped-64-after-prefix');
    // The first and the last word contain other bytes. Three whole words lie between them.
    expect(findings).toContainEqual(
      expect.objectContaining({ encoding: 'swapped-64', offset: 7, length: 24 }),
    );
  });

  test('truncated at both ends', async () => {
    const findings = await findingsOf('truncated');
    expect(findings).toContainEqual(
      expect.objectContaining({ encoding: 'raw', offset: 5, length: 12, size: 12 }),
    );
  });

  test('overwritten in the middle', async () => {
    const findings = await findingsOf('overwritten-middle');
    const [first, second] = findings.filter(({ length }) => length < 32);
    expect(first).toMatchObject({ encoding: 'raw', offset: 0, length: 12 });
    expect(second).toMatchObject({ encoding: 'raw', offset: 16, length: 16 });
    expect(second!.address - first!.address).toBe(16);
  });
});
