import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import {
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
const coded = (code: string) => expect.objectContaining({ name: 'MemoryScanError', code });

/** The id of an ended process. */
function endedProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

describe.skipIf(notLinux)('processes that cannot be scanned', () => {
  test('this process, and the error names scanOwnProcess', () => {
    expect(() => scanProcess(process.pid, needles)).toThrow(coded('ERR_MEMORY_SCAN_OWN_PROCESS'));
    expect(() => scanProcess(process.pid, needles)).toThrow(/scanOwnProcess/);
  });

  test('a thread of this process', () => {
    for (const thread of readdirSync('/proc/self/task')) {
      expect(() => scanProcess(Number(thread), needles)).toThrow(
        coded('ERR_MEMORY_SCAN_OWN_PROCESS'),
      );
    }
  });

  test('a process that ends during the scan', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const [mapping] = readMappings(child.pid!);
    const memory = new ProcessMemory(child.pid!);
    expect(memory.read(new Uint8Array(100), mapping!.start)).toBe(100);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const gone = coded('ERR_MEMORY_SCAN_NO_PROCESS');
    expect(() => memory.read(new Uint8Array(100), mapping!.start)).toThrow(gone);
    // A process that has just begun may have no page in memory.
    const touched = { ...mapping!, resident: 4096 };
    expect(() => memory.residentRanges(touched, 4096)).toThrow(gone);
    memory.close();
  });

  test('an ended process', async () => {
    const pid = endedProcess();
    const code = 'ERR_MEMORY_SCAN_NO_PROCESS';
    expect(() => scanProcess(pid, needles)).toThrow(coded(code));
    expect(() => readMappings(pid)).toThrow(coded(code));
    expect(() => readMappings(pid)).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ code: 'ENOENT' }) }),
    );
    await expect(waitUntilStopped(pid)).rejects.toThrow(coded(code));
  });
});

// The abuse tests call every function with values of a wrong type. These have the right type.
describe.skipIf(notLinux)('arguments', () => {
  const error = coded('ERR_MEMORY_SCAN_ARGUMENT');

  test.each([
    ['no needle', [], {}],
    ['one name twice', [...needles, MaskedNeedle.random('canary', 8)], {}],
    ['an unknown encoding', needles, { encodings: ['rot13'] }],
    ['no encoding', needles, { encodings: [] }],
  ])('%s', async (_name, given, options) => {
    expect(() => scanProcess(1, wrongly(given), wrongly(options))).toThrow(error);
    await expect(scanOwnProcess(wrongly(given), wrongly(options))).rejects.toThrow(error);
  });

  test('a needle without a usable fragment, also through a child process', async () => {
    const zeros = MaskedNeedle.fromBytes('zeros', new Uint8Array(32));
    await expect(scanOwnProcess([zeros])).rejects.toThrow(coded('ERR_MEMORY_SCAN_NEEDLE'));
  });

  test('a URL of no file', () => {
    expect(() => scanFile(new URL('https://example.org/core'), needles)).toThrow(error);
  });

  // The abuse tests leave out integers, which may be other processes.
  test.each([0, -1, 2 ** 31, NaN])('no process has the id %s', async (pid) => {
    expect(() => readMappings(pid)).toThrow(error);
    expect(() => scanProcess(pid, needles)).toThrow(error);
    await expect(waitUntilStopped(pid)).rejects.toThrow(error);
  });
});

describe.skipIf(notLinux)('waiting for a stop', () => {
  test('throws after the timeout', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const error = coded('ERR_MEMORY_SCAN_NOT_STOPPED');
    await expect(waitUntilStopped(child.pid!, { timeout: 20 })).rejects.toThrow(error);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  test('throws when the process ends', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await expect(waitUntilStopped(child.pid!)).rejects.toThrow(coded('ERR_MEMORY_SCAN_NO_PROCESS'));
  });
});

describe('other platforms', () => {
  test.each(['darwin', 'win32'] as const)(
    'throw ERR_MEMORY_SCAN_PLATFORM: %s',
    async (platform) => {
      onPlatform(platform);
      const error = coded('ERR_MEMORY_SCAN_PLATFORM');
      expect(() => scanProcess(1, needles)).toThrow(error);
      expect(() => readMappings(1)).toThrow(error);
      await expect(scanOwnProcess(needles)).rejects.toThrow(error);
      await expect(waitUntilStopped(1)).rejects.toThrow(error);
    },
  );
});
