import { describeFindings, type Hit } from '@evolock/memory-scan';
import { describe, expect, test } from 'vitest';
import { parseMappings } from '../src/process.js';

const sample = `55f360c09000-55f360c0b000 r--p 00000000 fe:00 306154                     /opt/a program (deleted)
Size:                  8 kB
KernelPageSize:        4 kB
Rss:                   8 kB
Swap:                  0 kB
VmFlags: rd mr mw me
7f0000000000-7f0000004000 ---p 00000000 00:00 0
Size:                 16 kB
KernelPageSize:        4 kB
Rss:                   4 kB
Swap:                  8 kB
Private_Hugetlb:    2048 kB
VmFlags: mr mw me lo ac dd
7ffd8ddca000-7ffd8ddeb000 rw-p 00000000 00:00 0                          [stack]
Rss:                   0 kB
VmFlags: rd wr mr mw me gd ac
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
Rss:                   0 kB
VmFlags: ex
`;

describe('parseMappings', () => {
  test('reads addresses, permissions, names, sizes and flags', () => {
    const [program, guarded, stack, vsyscall] = parseMappings(sample);
    expect(program).toMatchObject({
      start: 0x55f360c09000,
      end: 0x55f360c0b000,
      size: 8192,
      permissions: 'r--p',
      name: '/opt/a program (deleted)',
      resident: 8192,
      locked: false,
      dumped: true,
    });
    expect(guarded).toMatchObject({
      permissions: '---p',
      name: '',
      resident: 1024 * 2060,
      locked: true,
      dumped: false,
      pageSize: 4096,
      flags: ['mr', 'mw', 'me', 'lo', 'ac', 'dd'],
    });
    expect(stack).toMatchObject({ name: '[stack]', resident: 0, size: 0x21000 });
    expect(vsyscall?.end).toBe(0xffffffffff601000);
    expect(parseMappings(sample)).toHaveLength(4);
  });

  test('returns no mapping for an empty text, and refuses an invalid size', () => {
    expect(parseMappings('')).toEqual([]);
    const text = '00400000-00402000 rw-p 00000000 00:00 0 [heap]\nRss: many kB\n';
    expect(() => parseMappings(text)).toThrow('a size is no number');
  });
});

describe('describeFindings', () => {
  const hit: Hit = {
    ...{ needle: 'seed', encoding: 'raw', offset: 0, length: 32, address: 4112, size: 32 },
  };

  test('aligns its columns and names the mapping', () => {
    const [, guarded, stack] = parseMappings(sample);
    const text = describeFindings([
      { ...hit, mapping: guarded! },
      { ...hit, encoding: 'hex-lower', offset: 8, length: 12, mapping: stack! },
    ]);
    expect(text.split('\n')).toEqual([
      'seed  raw        bytes 0 to 31  at 0x1010  [anonymous]  ---p  locked    not in core dumps',
      'seed  hex-lower  bytes 8 to 19  at 0x1010  [stack]      rw-p  unlocked  in core dumps',
    ]);
  });

  test('takes findings of files, none, and more than the arguments of a function', () => {
    expect(describeFindings([hit])).toBe('seed  raw  bytes 0 to 31  at 0x1010');
    expect(describeFindings([])).toBe('no finding');
    expect(describeFindings(new Array(200_000).fill(hit)).split('\n')).toHaveLength(200_000);
  });
});
