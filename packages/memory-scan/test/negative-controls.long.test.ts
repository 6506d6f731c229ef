// A process without the secret gives no finding, and neither does the scanning process.
import { MaskedNeedle, scanOwnProcess, scanProcess } from '@evolock/memory-scan';
import { describe, expect, test } from 'vitest';
import { notLinux, whyNoOwnScan, withTarget } from './support/target.js';

const noOwnScan = whyNoOwnScan();

describe.skipIf(notLinux)('another process', () => {
  test('without the secret gives no finding', async () => {
    const needle = MaskedNeedle.random('canary', 32);
    const report = await withTarget('nothing', needle, (pid) => scanProcess(pid, [needle]));
    expect(report.findings).toEqual([]);
    expect(report.searched).toBeGreaterThan(10_000_000);
    expect(report.unreadable).toEqual([]);
  });

  test('with one of two needles gives findings of that needle only', async () => {
    const needle = MaskedNeedle.random('planted', 32);
    const other = MaskedNeedle.random('other', 64);
    const { findings } = await withTarget('buffer', needle, (pid) =>
      scanProcess(pid, [other, needle]),
    );
    expect(new Set(findings.map((finding) => finding.needle))).toEqual(new Set(['planted']));
  });
});

describe.skipIf(noOwnScan !== undefined)(`this process (${noOwnScan ?? 'may be scanned'})`, () => {
  test('does not contain the secret of a masked needle', async () => {
    const needle = MaskedNeedle.random('canary', 32);
    expect((await scanOwnProcess([needle])).findings).toEqual([]);
  });

  test('contains no copy after a needle was made from bytes', async () => {
    const needle = MaskedNeedle.random('canary', 32);
    // Large enough to be outside of the heap in which the garbage collector moves objects.
    const memory = new Uint8Array(32_768);
    needle.unmaskInto(memory.subarray(0, 32));
    const made = MaskedNeedle.fromBytes('made', memory);
    expect(made.length).toBe(32_768);
    expect((await scanOwnProcess([needle])).findings).toEqual([]);
  });

  test('contains no copy after it found copies in another process', async () => {
    const needle = MaskedNeedle.random('canary', 32);
    const { findings } = await withTarget('hex-lower', needle, (pid) => scanProcess(pid, [needle]));
    expect(findings.length).toBeGreaterThan(1);
    expect((await scanOwnProcess([needle])).findings).toEqual([]);
  });

  test('gives a finding for a copy', async () => {
    const needle = MaskedNeedle.random('canary', 32);
    const memory = new Uint8Array(4096);
    needle.unmaskInto(memory.subarray(100, 132));
    const { findings } = await scanOwnProcess([needle]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ encoding: 'raw', offset: 0, length: 32 });
    memory.fill(0);
    expect((await scanOwnProcess([needle])).findings).toEqual([]);
  });
});
