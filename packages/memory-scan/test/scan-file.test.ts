import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MaskedNeedle, scanFile } from '@evolock/memory-scan';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'memory-scan-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('scanFile', () => {
  test('finds copies by their offsets, over several chunks', () => {
    const needle = MaskedNeedle.random('canary', 32);
    const content = Buffer.alloc(5_000_000);
    const offsets = [0, 1_048_576 - 5, 3_000_001, 5_000_000 - 32];
    for (const offset of offsets) needle.unmaskInto(content.subarray(offset, offset + 32));
    const path = join(folder, 'core');
    writeFileSync(path, content);
    const report = scanFile(path, [needle]);
    expect(report.findings.map(({ address }) => address)).toEqual(offsets);
    expect(report.findings.every(({ length }) => length === 32)).toBe(true);
    expect(report.searched).toBe(5_000_000);
  });

  test('accepts an empty file', () => {
    const path = join(folder, 'empty');
    writeFileSync(path, '');
    const report = scanFile(path, [MaskedNeedle.random('canary', 8)]);
    expect(report).toEqual({ findings: [], searched: 0 });
  });

  test('throws for a missing file and for a directory', () => {
    const needles = [MaskedNeedle.random('canary', 8)];
    const error = { code: 'ERR_MEMORY_SCAN_FILE' };
    const cause = expect.objectContaining({ code: 'ENOENT' });
    expect(() => scanFile(join(folder, 'missing'), needles)).toThrow(
      expect.objectContaining({ ...error, cause }),
    );
    expect(() => scanFile(folder, needles)).toThrow(expect.objectContaining(error));
  });
});
