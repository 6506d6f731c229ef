import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFindings, type Hit, MaskedNeedle, scanFile } from '@evolock/memory-scan';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'memory-scan-'));
});
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
    expect(describeFindings(report.findings).split('\n')).toEqual([
      'canary  raw  bytes 0 to 31  at 0x0',
      'canary  raw  bytes 0 to 31  at 0xffffb',
      'canary  raw  bytes 0 to 31  at 0x2dc6c1',
      'canary  raw  bytes 0 to 31  at 0x4c4b20',
    ]);
  });

  test('accepts an empty file', () => {
    const path = join(folder, 'empty');
    writeFileSync(path, '');
    expect(scanFile(path, [MaskedNeedle.random('canary', 8)])).toMatchObject({
      findings: [],
      searched: 0,
    });
  });

  test('throws for a missing file and for a directory', () => {
    const needles = [MaskedNeedle.random('canary', 8)];
    expect(() => scanFile(join(folder, 'missing'), needles)).toThrow(
      expect.objectContaining({
        code: 'ERR_MEMORY_SCAN_FILE',
        cause: expect.objectContaining({ code: 'ENOENT' }),
      }),
    );
    expect(() => scanFile(folder, needles)).toThrow(
      expect.objectContaining({ code: 'ERR_MEMORY_SCAN_FILE' }),
    );
  });
});

describe('describeFindings', () => {
  test('aligns its columns and names the mapping', () => {
    const mapping = {
      start: 0x1000,
      end: 0x3000,
      size: 0x2000,
      permissions: 'rw-p',
      name: '',
      resident: 0x2000,
      locked: true,
      dumped: false,
      pageSize: 4096,
      flags: [],
    };
    const hit = { needle: 'seed', offset: 0, length: 32, address: 0x1010, size: 32 };
    expect(
      describeFindings([
        { ...hit, encoding: 'raw', mapping },
        {
          ...hit,
          encoding: 'hex-lower',
          offset: 8,
          length: 12,
          mapping: { ...mapping, name: '[heap]', locked: false, dumped: true },
        },
      ]).split('\n'),
    ).toEqual([
      'seed  raw        bytes 0 to 31  at 0x1010  [anonymous]  rw-p  locked    not in core dumps',
      'seed  hex-lower  bytes 8 to 19  at 0x1010  [heap]       rw-p  unlocked  in core dumps',
    ]);
  });

  test('takes findings of files, none, and more than the arguments of a function', () => {
    const hit: Hit = {
      ...{ needle: 'seed', encoding: 'raw', offset: 0, length: 32, address: 4096, size: 32 },
    };
    expect(describeFindings([hit])).toBe('seed  raw  bytes 0 to 31  at 0x1000');
    expect(describeFindings([])).toBe('no finding');
    expect(describeFindings(new Array(200_000).fill(hit)).split('\n')).toHaveLength(200_000);
  });
});
