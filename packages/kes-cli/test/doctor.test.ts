/** `kes doctor`: each check for its answers, and the command on this machine. */
import { onPlatform } from '@evolock/test-support/on-platform';
import { describe, expect, test } from 'vitest';
import {
  checkCoreDumps,
  checkInspector,
  checkKeysThatFit,
  checkLockLimit,
  checkPtraceScope,
  checkSwap,
} from '../src/doctor/machine.js';
import { kes, kesJson } from './support/kes.js';

/** A machine that has these kernel files and no others. */
function machine(files: Readonly<Record<string, string>>) {
  return (path: string) => files[path];
}

const status = { policy: 'require', unlockedRegions: 0 } as const;

describe('the lock limit', () => {
  test.each([
    ['good', { limit: 8_388_608, locked: 4_096 }],
    ['good', { limit: Infinity, locked: 0 }],
    ['bad', { limit: 0, locked: 0 }],
    ['unknown', { limit: undefined, locked: undefined }],
  ])('is %s with %j', (state, kernel) => {
    const check = checkLockLimit({ ...status, ...kernel });
    expect(check.state).toBe(state);
    expect(check.fix === undefined).toBe(state !== 'bad');
  });

  test.each([
    ['good', 12],
    ['bad', 0],
  ])('is %s when %j keys fit', (state, fits) => {
    expect(checkKeysThatFit(fits).state).toBe(state);
  });
});

describe('swap', () => {
  const heading = 'Filename\tType\tSize\tUsed\tPriority\n';
  test.each([
    ['good', heading],
    ['weak', `${heading}/dev/sda2  partition\t4194300\t0\t-2\n`],
    ['good', `${heading}/dev/zram0  partition\t4194300\t0\t100\n`],
  ])('is %s with %j', (state, text) => {
    expect(checkSwap(machine({ '/proc/swaps': text })).state).toBe(state);
  });

  test('is unknown on a platform that does not report it', () => {
    expect(checkSwap(machine({})).state).toBe('unknown');
  });
});

describe('core dumps', () => {
  test.each([
    ['good', 0, 'core'],
    ['bad', 1_048_576, 'core'],
    ['bad', Infinity, 'core'],
    ['bad', Infinity, '|/usr/lib/systemd/systemd-coredump %P'],
    // The limit does not apply to a program that receives dumps through a pipe.
    ['weak', 0, '|/usr/lib/systemd/systemd-coredump %P'],
    ['unknown', undefined, 'core'],
  ])('are %s with limit %s and pattern %s', (state, coreLimit, pattern) => {
    const files = { '/proc/sys/kernel/core_pattern': pattern };
    const check = checkCoreDumps(machine(files), { coreLimit });
    expect(check.state).toBe(state);
    expect(check.fix === undefined).toBe(state === 'good' || state === 'unknown');
  });
});

describe('the inspector', () => {
  test.each([
    ['good', undefined, []],
    ['weak', undefined, ['--heapsnapshot-signal=SIGUSR2']],
    ['bad', 'ws://127.0.0.1:9229/1', ['--inspect']],
    ['bad', 'ws://127.0.0.1:9229/1', []],
  ])('is %s at %s with the options %j', (state, inspector, revealingOptions) => {
    const check = checkInspector({ inspector, revealingOptions });
    expect(check.state).toBe(state);
    expect(check.fix === undefined).toBe(state === 'good');
  });

  test('that is open is refused by every command that could hold a key', async () => {
    const inspectorUrl = 'ws://127.0.0.1:9229/1';
    for (const args of [
      ['keygen', '--skey', 'kes.skey', '--vkey', 'kes.vkey'],
      ['agent', 'run', '--cold-vkey', 'cold.vkey', '--network', 'preview'],
      ['agent', 'info', '--control', '/none'],
    ]) {
      const { code, stderr } = await kes(args, { inspectorUrl });
      expect(code).toBe(3);
      expect(stderr).toContain(inspectorUrl);
    }
    expect((await kes(['doctor'], { inspectorUrl })).stderr).toBe('');
  });
});

describe('the ptrace scope', () => {
  test.each([
    ['weak', '0\n'],
    ['good', '1\n'],
    ['good', '2\n'],
    ['good', '3\n'],
  ])('is %s with %j', (state, text) => {
    const check = checkPtraceScope(machine({ '/proc/sys/kernel/yama/ptrace_scope': text }));
    expect(check.state).toBe(state);
  });

  test('is of Linux: it is unknown on macOS, which is injected', () => {
    onPlatform('darwin');
    expect(checkPtraceScope(() => undefined)).toEqual({
      name: 'ptrace scope',
      state: 'unknown',
      found: 'this platform does not report it',
    });
  });

  test('is unknown without Yama, and has a fix', () => {
    expect(checkPtraceScope(machine({}))).toMatchObject({
      state: 'unknown',
      fix: expect.any(String),
    });
  });
});

test('kes doctor names every check, for people and for scripts', async () => {
  const names = ['lock limit', 'keys that fit', 'swap', 'core dumps', 'ptrace scope', 'inspector'];
  const { code, stdout, stderr } = await kes(['doctor']);
  expect(stderr).toBe('');
  for (const name of names) expect(stdout).toContain(name);
  const { json } = await kesJson(['doctor']);
  // The answer depends on the limits of the machine.
  expect(json.able).toBe(code === 0);
  expect(json.checks.map((check: { name: string }) => check.name)).toEqual(names);
});
