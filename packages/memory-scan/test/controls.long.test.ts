// A process in which copies were planted, and none. One scan finds each, and nothing else.
import { readFileSync } from 'node:fs';
import {
  MaskedNeedle,
  scanOwnProcess,
  scanProcess,
  type Finding,
  type ProcessReport,
} from '@evolock/memory-scan';
import { beforeAll, describe, expect, test } from 'vitest';
import { notLinux, withTarget } from './support/target.js';

const raw = { offset: 0, length: 32, encoding: 'raw' };
const whole = (encoding: string) => ({ ...raw, encoding });

/** The ways in which a secret is planted, and a finding of each. */
const planted: Readonly<Record<string, object>> = {
  'small-array': raw,
  buffer: { ...raw, mapping: expect.objectContaining({ locked: false, permissions: 'rw-p' }) },
  'hex-lower': whole('hex-lower'),
  'hex-upper': whole('hex-upper'),
  base64: whole('base64'),
  // A text without + and / is equal in both alphabets, and is reported as the first.
  base64url: { encoding: expect.stringMatching(/^base64/) },
  'utf-16': whole('utf-16'),
  'utf-16-hex-lower': whole('utf-16-hex-lower'),
  'utf-16-hex-upper': whole('utf-16-hex-upper'),
  'utf-16-base64': whole('utf-16-base64'),
  'utf-16-base64url': { encoding: expect.stringMatching(/^utf-16-base64/) },
  'swapped-32': whole('swapped-32'),
  'swapped-64': whole('swapped-64'),
  // The first and the last word contain other bytes. Three whole words lie between them.
  'swapped-64-after-prefix': { encoding: 'swapped-64', offset: 7, length: 24 },
  'number-array': whole('number-array'),
  'after-prefix': raw,
  truncated: { encoding: 'raw', offset: 5, length: 12, size: 12 },
  'overwritten-middle': { encoding: 'raw', offset: 16, length: 16 },
  freed: raw,
  // The first call of a native function leaves its argument there.
  stack: { ...raw, mapping: expect.objectContaining({ name: '[stack]', locked: false }) },
};

describe.skipIf(notLinux)('another process', () => {
  const names = ['nothing', 'locked', 'no-access', ...Object.keys(planted)];
  const needles = names.map((name) => MaskedNeedle.random(name, 32));
  let report: ProcessReport;
  beforeAll(async () => {
    report = await withTarget(needles, (pid) => scanProcess(pid, needles));
  });
  const findingsOf = (name: string): Finding[] =>
    report.findings.filter(({ needle }) => needle === name);

  test.each(Object.entries(planted))('a copy is found: %s', (name, finding) => {
    expect(findingsOf(name)).toContainEqual(expect.objectContaining(finding));
  });

  test('locked memory is reported as locked and not in core dumps', () => {
    const mapping = expect.objectContaining({ locked: true, dumped: false });
    expect(findingsOf('locked')).toEqual([expect.objectContaining({ ...raw, mapping })]);
  });

  test('memory without read permission is read', () => {
    // A kernel with proc_mem.force_override=never refuses, which the report states.
    const places = [...findingsOf('no-access'), ...report.unreadable];
    expect(places.map(({ mapping }) => mapping.permissions)).toContain('---p');
  });

  test('without a secret there is no finding, though all memory was searched', () => {
    expect(findingsOf('nothing')).toEqual([]);
    expect(report.searched).toBeGreaterThan(10_000_000);
  });
});

/** Why a child may not read this process; `undefined` when it may. */
function whyNoOwnScan(): string | undefined {
  if (notLinux) return 'Linux only';
  if (process.getuid?.() === 0) return undefined;
  const scope = ptraceScope();
  return scope === '0' ? undefined : `kernel.yama.ptrace_scope is ${scope}`;
}

function ptraceScope(): string {
  try {
    return readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'latin1').trim();
  } catch {
    return '0';
  }
}

const noOwnScan = whyNoOwnScan();

describe.skipIf(noOwnScan !== undefined)(`this process (${noOwnScan ?? 'may be scanned'})`, () => {
  test('contains no copy of a needle, after it was made from bytes and found elsewhere', async () => {
    const needle = MaskedNeedle.random('hex-lower', 32);
    // Large enough to be outside of the heap in which the garbage collector moves objects.
    const memory = new Uint8Array(32_768);
    needle.unmaskInto(memory.subarray(0, 32));
    expect(MaskedNeedle.fromBytes('made', memory).length).toBe(32_768);
    const { findings } = await withTarget([needle], (pid) => scanProcess(pid, [needle]));
    expect(findings.length).toBeGreaterThan(1);
    expect((await scanOwnProcess([needle])).findings).toEqual([]);
    needle.unmaskInto(memory.subarray(100, 132));
    expect((await scanOwnProcess([needle])).findings).toMatchObject([raw]);
    memory.fill(0);
  });
});
