import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  describeFindings,
  type Finding,
  type Hit,
  MaskedNeedle,
  readMappings,
  scanFile,
  scanProcess,
  waitUntilStopped,
  withStoppedProcess,
} from '@evolock/memory-scan';
import { wrongly } from '@evolock/test-support';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { parseMappings } from '../src/process/mappings.js';
import { notLinux } from './support/permissions.js';

const argument = expect.objectContaining({
  name: 'MemoryScanError',
  code: 'ERR_MEMORY_SCAN_ARGUMENT',
});
const needles = [MaskedNeedle.random('canary', 32)];

function unmasked(needle: MaskedNeedle): number[] {
  const target = new Uint8Array(needle.length);
  needle.unmaskInto(target);
  return [...target];
}

describe('bytes', () => {
  test.each([
    ['other numbers', new Uint16Array(32)],
    ['an ArrayBuffer', new ArrayBuffer(32)],
    ['null', null],
    ['nothing', undefined],
  ])('are not %s', (_name, bytes) => {
    expect(() => MaskedNeedle.fromBytes('secret', wrongly(bytes))).toThrow(argument);
    expect(() => needles[0]!.unmaskInto(wrongly(bytes))).toThrow(argument);
  });

  test('may be shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(32));
    needles[0]!.unmaskInto(shared);
    expect([...shared]).toEqual(unmasked(needles[0]!));
    expect(unmasked(MaskedNeedle.fromBytes('shared', shared))).toEqual(unmasked(needles[0]!));
    expect([...shared]).toEqual(new Array(32).fill(0));
  });
});

describe('text', () => {
  test.each([undefined, null, 7, {}, ['61.00.00']])('is no %s', (value) => {
    expect(() => MaskedNeedle.parse(wrongly(value))).toThrow(argument);
    expect(() => scanFile(wrongly(value), needles)).toThrow(argument);
  });

  test('of an smaps file is refused with an invalid size', () => {
    const text = '00400000-00402000 rw-p 00000000 00:00 0 [heap]\nRss: many kB\n';
    expect(() => parseMappings(text)).toThrow(argument);
  });

  test('of a URL must name a file', () => {
    expect(() => scanFile(new URL('https://example.org/core'), needles)).toThrow(argument);
  });
});

describe('findings', () => {
  const place = { offset: 0, length: 32, address: 4096, size: 32 };
  const hit: Hit = { needle: 'seed', encoding: 'raw', ...place };
  const [mapping] = parseMappings('1000-2000 rw-p 00000000 00:00 0 [heap]\nVmFlags: lo\n');
  const finding: Finding = { ...hit, mapping: mapping! };

  test('of a process and of a file form one table', () => {
    expect(describeFindings([hit, finding])).toBe(
      'seed  raw  bytes 0 to 31  at 0x1000\n' +
        'seed  raw  bytes 0 to 31  at 0x1000  [heap]  rw-p  locked  in core dumps',
    );
  });

  test('may be more than the arguments of a function', () => {
    expect(describeFindings(new Array(200_000).fill(hit)).split('\n')).toHaveLength(200_000);
  });
});

test.each([null, 7, 'raw', []])('options are not %j', (options) => {
  expect(() => scanFile(process.execPath, needles, wrongly(options))).toThrow(argument);
});

describe.skipIf(notLinux)('processes', () => {
  afterEach(() => vi.restoreAllMocks());

  test.each([0, -1, 2 ** 31, NaN, '7', null, undefined])(
    'have no id %s, and no signal is sent',
    async (pid) => {
      const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
      expect(() => readMappings(wrongly(pid))).toThrow(argument);
      expect(() => scanProcess(wrongly(pid), needles)).toThrow(argument);
      await expect(waitUntilStopped(wrongly(pid))).rejects.toThrow(argument);
      await expect(withStoppedProcess(wrongly(pid), () => 0)).rejects.toThrow(argument);
      expect(kill).not.toHaveBeenCalled();
    },
  );

  test('are not stopped for wrong arguments', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    const pid = child.pid!;
    await expect(withStoppedProcess(pid, wrongly('work'))).rejects.toThrow(argument);
    for (const options of [{ timeout: NaN }, { timeout: -1 }, { timeout: '5' }, null]) {
      await expect(withStoppedProcess(pid, () => 0, wrongly(options))).rejects.toThrow(argument);
      await expect(waitUntilStopped(pid, wrongly(options))).rejects.toThrow(argument);
    }
    expect(kill).not.toHaveBeenCalled();
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
