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
} from '../src/machine.js';
import { kes, kesJson } from './support/kes.js';

/** A machine that has these kernel files and no others. */
function machine(files: Readonly<Record<string, string>>) {
  return (path: string) => files[path];
}

const status = { policy: 'require', unlockedRegions: 0 } as const;

const heading = 'Filename\tType\tSize\tUsed\tPriority\n';
const lockLimit = (limit: number | undefined, locked = 0) =>
  checkLockLimit({ ...status, limit, locked });
const swap = (text?: string) =>
  checkSwap(machine(text === undefined ? {} : { '/proc/swaps': text }));
const coreDumps = (coreLimit: number | undefined, pattern: string) =>
  checkCoreDumps(coreLimit, machine({ '/proc/sys/kernel/core_pattern': pattern }));
const inspector = (url: string | undefined, ...revealingOptions: string[]) =>
  checkInspector({ inspector: url, revealingOptions });
const ptrace = (text: string) =>
  checkPtraceScope(machine({ '/proc/sys/kernel/yama/ptrace_scope': text }));

const URL_OF_INSPECTOR = 'ws://127.0.0.1:9229/1';

/** A program that receives dumps through a pipe: the limit does not apply to it. */
const COREDUMP = '|/usr/lib/systemd/systemd-coredump %P';

test.each([
  [lockLimit(8_388_608, 4_096), 'good'],
  [lockLimit(Infinity), 'good'],
  [lockLimit(0), 'bad'],
  [lockLimit(undefined), 'unknown'],
  [checkKeysThatFit(12), 'good'],
  [checkKeysThatFit(0), 'bad'],
  [swap(heading), 'good'],
  [swap(`${heading}/dev/sda2  partition\t4194300\t0\t-2\n`), 'weak'],
  [swap(`${heading}/dev/zram0  partition\t4194300\t0\t100\n`), 'good'],
  [swap(), 'unknown'],
  [coreDumps(0, 'core'), 'good'],
  [coreDumps(1_048_576, 'core'), 'bad'],
  [coreDumps(Infinity, 'core'), 'bad'],
  [coreDumps(Infinity, COREDUMP), 'bad'],
  [coreDumps(0, COREDUMP), 'weak'],
  [coreDumps(undefined, 'core'), 'unknown'],
  [inspector(undefined), 'good'],
  [inspector(undefined, '--heapsnapshot-signal=SIGUSR2'), 'weak'],
  [inspector(URL_OF_INSPECTOR, '--inspect'), 'bad'],
  [inspector(URL_OF_INSPECTOR), 'bad'],
  [ptrace('0\n'), 'weak'],
  [ptrace('1\n'), 'good'],
  [ptrace('2\n'), 'good'],
  [ptrace('3\n'), 'good'],
])('%j is %s, and has a fix when it can be better', (check, state) => {
  expect(check.state).toBe(state);
  expect(check.fix === undefined).toBe(state === 'good' || state === 'unknown');
});

describe('the ptrace scope', () => {
  test('is of Linux: it is unknown on macOS, which is injected', () => {
    onPlatform('darwin');
    expect(checkPtraceScope(() => undefined)).toEqual({
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
