import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import {
  ArgumentError,
  describeFindings,
  MaskedNeedle,
  readMappings,
  scanFile,
  scanOwnProcess,
  scanProcess,
  waitUntilStopped,
} from '@evolock/memory-scan';
import { wrongly } from '@evolock/test-support';
import { onPlatform } from '@evolock/test-support/on-platform';
import { describe, expect, test } from 'vitest';
import { ProcessMemory } from '../src/process-memory.js';
import { notLinux } from './support/target.js';

const needles = [MaskedNeedle.random('canary', 32)];
const coded = (code: string) =>
  expect.objectContaining({ name: 'MemoryScanError', code: `ERR_MEMORY_SCAN_${code}` });

const endless = () => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);

describe.skipIf(notLinux)('processes that cannot be scanned', () => {
  test('this process and its threads, and the error names scanOwnProcess', () => {
    for (const thread of readdirSync('/proc/self/task')) {
      expect(() => scanProcess(Number(thread), needles)).toThrow(coded('OWN_PROCESS'));
      expect(() => scanProcess(Number(thread), needles)).toThrow(/scanOwnProcess/);
    }
  });

  test('a process that does not stop, and then ends during the scan', async () => {
    const child = endless();
    const pid = child.pid!;
    await expect(waitUntilStopped(pid, { signal: AbortSignal.timeout(20) })).rejects.toThrow(
      coded('NOT_STOPPED'),
    );
    const [mapping] = readMappings(pid);
    const memory = new ProcessMemory(pid);
    expect(memory.read(new Uint8Array(100), mapping!.start)).toBe(100);
    const waiting = expect(waitUntilStopped(pid)).rejects.toThrow(coded('NO_PROCESS'));
    child.kill('SIGKILL');
    await Promise.all([once(child, 'exit'), waiting]);
    const gone = coded('NO_PROCESS');
    expect(() => memory.read(new Uint8Array(100), mapping!.start)).toThrow(gone);
    // A process that has just begun may have no page in memory.
    const touched = { ...mapping!, resident: 4096 };
    expect(() => memory.residentRanges(touched, 4096)).toThrow(gone);
    memory.close();
  });

  test('an ended process', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const cause = expect.objectContaining({ code: 'ENOENT' });
    expect(() => scanProcess(pid, needles)).toThrow(coded('NO_PROCESS'));
    expect(() => readMappings(pid)).toThrow(coded('NO_PROCESS'));
    expect(() => readMappings(pid)).toThrow(expect.objectContaining({ cause }));
    await expect(waitUntilStopped(pid)).rejects.toThrow(coded('NO_PROCESS'));
  });
});

describe.skipIf(notLinux)('arguments', () => {
  const error = ArgumentError;

  test.each([
    ['one name twice', [...needles, MaskedNeedle.random('canary', 8)], {}],
    ['an unknown encoding', needles, { encodings: ['rot13'] }],
    ['no encoding', needles, { encodings: [] }],
    ['an unknown encoding of a needle', needles, { encodings: { canary: ['rot13'] } }],
    ['encodings that are no list', needles, { encodings: 'raw' }],
  ])('%s', async (_name, given, options) => {
    expect(() => scanProcess(1, wrongly(given), wrongly(options))).toThrow(error);
    await expect(scanOwnProcess(wrongly(given), wrongly(options))).rejects.toThrow(error);
  });

  test('a needle without a usable fragment, also through a child process', async () => {
    const zeros = MaskedNeedle.fromBytes('zeros', new Uint8Array(32));
    await expect(scanOwnProcess([zeros])).rejects.toThrow(coded('NEEDLE'));
  });

  test('a URL of no file', () => {
    const url = new URL('https://example.org/core');
    expect(() => scanFile(url, needles)).toThrow(error);
  });

  test.each([0, -1, 2 ** 31, NaN, '7', null])('no process has the id %j', async (pid) => {
    expect(() => readMappings(wrongly(pid))).toThrow(error);
    expect(() => scanProcess(wrongly(pid), needles)).toThrow(error);
    await expect(waitUntilStopped(wrongly(pid))).rejects.toThrow(error);
  });

  test('an option that was mistyped: the nearest name is stated', async () => {
    const encoding: object = { encoding: ['raw'] };
    const nearest = 'encoding: did you mean encodings?';
    expect(() => scanProcess(1, needles, encoding)).toThrow(nearest);
    expect(() => scanFile('/dev/null', needles, encoding)).toThrow(nearest);
    await expect(scanOwnProcess(needles, encoding)).rejects.toThrow(nearest);
    const sinal: object = { sinal: undefined };
    await expect(waitUntilStopped(1, sinal)).rejects.toThrow('sinal: did you mean signal?');
    await expect(waitUntilStopped(1, sinal)).rejects.toThrow(error);
  });

  // A scan for something else finds nothing, and that would look like a proof.
  test.each([null, 7, [], [{}]])('no needle, bytes, text or options are %j', async (value) => {
    const given = wrongly(value);
    for (const call of [
      () => scanFile('/dev/null', given),
      () => scanFile('/dev/null', needles, given),
      () => scanProcess(1, given),
      () => MaskedNeedle.fromBytes('name', given),
      () => MaskedNeedle.random(given, 32),
      () => MaskedNeedle.parse(given),
      () => needles[0]!.unmaskInto(given),
    ])
      expect(call).toThrow(error);
    expect(() => MaskedNeedle.random('name', wrongly('32'))).toThrow(error);
    expect(() => describeFindings(wrongly([{}]))).toThrow(error);
    await expect(waitUntilStopped(1, given)).rejects.toThrow(error);
  });
});

test.each(['darwin', 'win32'] as const)('no process of %s can be scanned', async (platform) => {
  onPlatform(platform);
  const error = coded('PLATFORM');
  expect(() => scanProcess(1, needles)).toThrow(error);
  expect(() => readMappings(1)).toThrow(error);
  await expect(scanOwnProcess(needles)).rejects.toThrow(error);
  await expect(waitUntilStopped(1)).rejects.toThrow(error);
});
