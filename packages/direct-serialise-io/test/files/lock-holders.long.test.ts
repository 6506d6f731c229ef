import { spawnSync } from 'node:child_process';
import type * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { errorOf, wrongly } from '@evolock/test-support';
import { onPlatform } from '@evolock/test-support/on-platform';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { withLockFile } from '../../src/locks/lock-file.js';
import { newHolder, textOf, type LockHolder } from '../../src/locks/lock-holder.js';
import { ProofOfLife } from '../../src/locks/proof-of-life.js';
import { directory as folder } from '../support/files.js';

/** A fact of this system; `undefined` when unknown. */
const world = vi.hoisted(() => new Map<string, string | undefined>());

vi.mock('node:fs', async (importOriginal) => {
  const actual = await importOriginal<typeof fs>();
  const injected = (path: unknown, otherwise: () => unknown): unknown => {
    if (typeof path !== 'string' || !world.has(path)) return otherwise();
    const text = world.get(path);
    if (text === undefined)
      throw Object.assign(new Error('refused by the test'), { code: 'ENOENT' });
    return text;
  };
  return {
    ...actual,
    readFileSync: (path: string, ...others: []) =>
      injected(path, () => actual.readFileSync(path, ...others)),
    readlinkSync: (path: string) => injected(path, () => actual.readlinkSync(path)),
  };
});

const real = await vi.importActual<typeof fs>('node:fs');

const MACHINE = '/etc/machine-id';
const BOOT = '/proc/sys/kernel/random/boot_id';
const PID_NAMESPACE = '/proc/self/ns/pid';
const TIME_NAMESPACE = '/proc/self/ns/time';
const OWN_STATUS = `/proc/${String(process.pid)}/stat`;
const INITIAL = 'pid:[4026531836]';
const INITIAL_TIME = 'time:[4026531834]';
const OTHER_TIME = 'time:[4026532500]';

beforeEach(() => {
  world.clear();
  world.set(MACHINE, 'a'.repeat(32));
  world.set(BOOT, 'first boot');
  world.set(PID_NAMESPACE, INITIAL);
  world.set(TIME_NAMESPACE, INITIAL_TIME);
  world.set(OWN_STATUS, statusWith('S', '1000'));
});

/** A line of /proc/PID/stat. The name of a program may contain any character. */
function statusWith(state: string, start: string): string {
  return `7 (a) Z ) ${state} ${'0 '.repeat(18)}${start} 0`;
}

function endedProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

/** Whether a lock is taken over whose holder differs from this process in some facts. */
function isTakenOver(text: string): boolean {
  const path = join(folder(), 'file');
  const lock = join(path, '..', '.file.evolock-lock');
  real.writeFileSync(lock, text);
  let worked = false;
  try {
    withLockFile(path, () => {
      worked = true;
    });
    expect(worked).toBe(true);
    expect(real.readdirSync(join(path, '..'))).toEqual([]);
  } catch (error) {
    expect(error).toMatchObject({ reason: expect.stringMatching(/^locked/), path: lock });
    expect(real.readdirSync(join(path, '..'))).toEqual(['.file.evolock-lock']);
    expect(real.readFileSync(lock, 'utf8')).toBe(text);
    expect(worked).toBe(false);
  }
  return worked;
}

const other = (changes: Partial<LockHolder>) => textOf({ ...newHolder(), ...changes });

test('a running process keeps its lock, and the lock of an ended process is taken over', () => {
  expect(isTakenOver(other({}))).toBe(false);
  expect(isTakenOver(other({ pid: endedProcess() }))).toBe(true);
  // A process id with another start belongs to another process.
  expect(isTakenOver(other({ start: '999' }))).toBe(true);
  const text = other({});
  // A zombie has ended.
  world.set(OWN_STATUS, statusWith('Z', '1000'));
  expect(isTakenOver(text)).toBe(true);
  // A process that cannot be inspected counts as running.
  world.set(OWN_STATUS, undefined);
  expect(isTakenOver(text)).toBe(false);
});

test.each(['darwin', 'win32'] as const)(
  'on %s, without /proc, the process id decides',
  (platform) => {
    onPlatform(platform);
    for (const path of world.keys()) world.set(path, undefined);
    expect(newHolder()).toMatchObject({
      start: null,
      machine: null,
      boot: null,
      pidNamespace: null,
      timeNamespace: null,
    });
    expect(isTakenOver(other({}))).toBe(false);
    expect(isTakenOver(other({ pid: endedProcess() }))).toBe(true);
  },
);

test('on a Linux without /proc no lock is taken over', () => {
  onPlatform('linux');
  for (const path of world.keys()) world.set(path, undefined);
  expect(isTakenOver(other({ pid: endedProcess() }))).toBe(false);
});

test('a lock from before the last start of the machine is taken over', () => {
  const text = other({ boot: 'boot before' });
  expect(isTakenOver(text)).toBe(true);
  for (const [path, said] of [
    [MACHINE, undefined],
    [BOOT, undefined],
    [PID_NAMESPACE, 'pid:[4026532000]'],
  ] as const) {
    const before = world.get(path);
    world.set(path, said);
    // The other run has the same fact.
    expect(isTakenOver(other({ boot: 'boot before' }))).toBe(false);
    world.set(path, before);
  }
});

/** The text of a lock of an earlier version, without the time namespace. */
function earlier(changes: Partial<LockHolder>): string {
  const holder = JSON.parse(other(changes)) as Partial<LockHolder>;
  delete (holder as { timeNamespace?: unknown }).timeNamespace;
  return `${JSON.stringify(holder)}\n`;
}

test('the start of a process decides within its time namespace only', () => {
  const pid = endedProcess();
  expect(newHolder()).toMatchObject({ timeNamespace: INITIAL_TIME });
  // The start of a living process is another number there, so that it may be the holder.
  expect(isTakenOver(other({ start: '999', timeNamespace: OTHER_TIME }))).toBe(false);
  expect(isTakenOver(other({ start: '999', timeNamespace: null }))).toBe(false);
  expect(isTakenOver(earlier({ start: '999' }))).toBe(false);
  // Without the process there is no holder, whatever counted its start.
  expect(isTakenOver(other({ pid, timeNamespace: OTHER_TIME }))).toBe(true);
  expect(isTakenOver(earlier({ pid }))).toBe(true);
  expect(isTakenOver(earlier({}))).toBe(false);
  // A Linux without time namespaces.
  world.set(TIME_NAMESPACE, undefined);
  expect(newHolder()).toMatchObject({ timeNamespace: null });
  expect(isTakenOver(other({ start: '999' }))).toBe(true);
  expect(isTakenOver(earlier({ start: '999' }))).toBe(true);
});

test.skipIf(process.platform !== 'linux').each([
  ['another start', { start: '999' }],
  ['another start of another time namespace', { start: '999', timeNamespace: OTHER_TIME }],
  ['the process id of an ended process', { pid: endedProcess() }],
  ['a start of the machine before', { boot: 'boot before' }],
])('a proof of life is asked before a lock is taken over: %s', (_name, changes) => {
  const path = join(folder(), 'file');
  const lock = join(path, '..', '.file.evolock-lock');
  const proof = ProofOfLife.of(lock);
  if (proof === undefined) throw new Error('the folder of temporary files has no proof of life');
  const text = other({ ...changes, proof: proof.stated });
  real.writeFileSync(lock, text);
  const take = () => withLockFile(path, () => 'worked');
  expect(errorOf(take)).toMatchObject({ reason: 'locked', path: lock });
  expect(real.readFileSync(lock, 'utf8')).toBe(text);
  // The socket of a killed process keeps its name, and has no listener.
  real.renameSync(proof.path, `${proof.path}.kept`);
  proof.end();
  real.renameSync(`${proof.path}.kept`, proof.path);
  expect(take()).toBe('worked');
});

test('the lock of another machine or container is not taken over', () => {
  const pid = endedProcess();
  for (const place of [
    { host: 'elsewhere' },
    { machine: 'b'.repeat(32) },
    { machine: null },
    { pidNamespace: 'pid:[4026532000]' },
    { host: 'elsewhere', boot: 'another boot' },
  ])
    expect(isTakenOver(other({ pid, ...place }))).toBe(false);
});

test.each([
  ['running here', {}, 'locked', /process \d+\)$/],
  [
    'in another container of this machine',
    { pidNamespace: 'pid:[4026532000]' },
    'locked-elsewhere',
    /remove the lock file \(process \d+ of another container/,
  ],
  [
    'on another machine',
    { host: 'relay-1' },
    'locked-elsewhere',
    /remove the lock file \(process \d+ of the machine or container relay-1\)$/,
  ],
  ['with an invalid host name', { host: 'a\nb' }, 'locked-elsewhere', /an unknown name\)$/],
])('the error names the lock file and its holder: %s', (_name, changes, reason, message) => {
  const path = join(folder(), 'file');
  const lock = join(path, '..', '.file.evolock-lock');
  real.writeFileSync(lock, other(changes));
  const error = errorOf(() => withLockFile(path, () => undefined));
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', reason, path: lock });
  expect(error.message).toMatch(message);
  expect(error.message.startsWith(`${lock}: `)).toBe(true);
});

test('work may take the same lock again, and a lost lock is reported', () => {
  const path = join(folder(), 'file');
  const lock = join(path, '..', '.file.evolock-lock');
  const again = join(path, '..', '..', basename(dirname(path)), 'file');
  const text = withLockFile(path, () => {
    const before = real.readFileSync(lock, 'utf8');
    withLockFile(again, () => expect(real.readFileSync(lock, 'utf8')).toBe(before));
    expect(real.readFileSync(lock, 'utf8')).toBe(before);
    return before;
  });
  expect(real.existsSync(lock)).toBe(false);
  const lost = errorOf(() => withLockFile(path, () => real.writeFileSync(lock, `${text} `)));
  expect(lost).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', reason: 'lock-lost', path: lock });
  // Another run holds it now.
  expect(real.readFileSync(lock, 'utf8')).toBe(`${text} `);
});

test('the lock of work that a time limit ended is taken over in its turn, and returned when that ends', async () => {
  const path = join(folder(), 'file');
  const run = '__work';
  onTestFinished(() => void Reflect.deleteProperty(globalThis, run));
  Reflect.set(globalThis, run, () =>
    withLockFile(path, () => {
      for (;;);
    }),
  );
  const ended = errorOf(() => void runInThisContext(`${run}()`, { timeout: 20 }));
  expect(ended).toMatchObject({ code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' });
  expect(withLockFile(path, () => 'done')).toBe('done');
  await Promise.resolve();
  expect(real.readdirSync(dirname(path))).toEqual([]);
  expect(withLockFile(path, () => 'again')).toBe('again');
});

test('work that returns a promise is refused', () => {
  const path = join(folder(), 'file');
  expect(errorOf(() => withLockFile(path, () => Promise.resolve()))['code']).toBe(
    'ERR_EVOLOCK_ARGUMENT_TYPE',
  );
  expect(real.readdirSync(join(path, '..'))).toEqual([]);
});

test('taking a lock follows no link and truncates no file', () => {
  const path = join(folder(), 'file');
  const victim = join(path, '..', 'victim');
  real.writeFileSync(victim, 'a text');
  real.symlinkSync(victim, join(path, '..', '.file.evolock-lock'));
  expect(errorOf(() => withLockFile(path, () => undefined))).toMatchObject({
    code: 'ERR_EVOLOCK_IO_FILE',
  });
  expect(real.readFileSync(victim, 'utf8')).toBe('a text');
});

test.each([
  ['nothing', ''],
  ['only a process id', `${String(endedProcess())}\n`],
  ['null', 'null'],
  ['a list', '[]'],
  ['an incomplete text', other({}).slice(0, 100)],
  ['process 0', other({ pid: 0 })],
  ['a group of processes', other({ pid: -1 })],
  ['a process id out of range', other({ pid: 2 ** 31 })],
  ['a nonce with a path', other({ nonce: '../'.repeat(10) })],
  ['no nonce', other({ nonce: wrongly(undefined) })],
  ['a number as host', other({ host: wrongly(7) })],
  ['a number as start', other({ start: wrongly(7) })],
  ['a number as time namespace', other({ timeNamespace: wrongly(7) })],
  ['a long text', other({ host: 'x'.repeat(10_000) })],
])('a lock with %s is left to the operator', (_name, text) => {
  expect(isTakenOver(text)).toBe(false);
});

test('a stale claim is taken over, and so is a stale claim to a claim', () => {
  const path = join(folder(), 'file');
  const lock = join(path, '..', '.file.evolock-lock');
  const pid = endedProcess();
  const stale = Array.from({ length: 3 }, () => ({ ...newHolder(), pid }));
  real.writeFileSync(lock, textOf(stale[0]!));
  real.writeFileSync(`${lock}.${stale[0]!.nonce}`, textOf(stale[1]!));
  real.writeFileSync(`${lock}.${stale[1]!.nonce}`, textOf(stale[2]!));
  expect(withLockFile(path, () => 'worked')).toBe('worked');
  expect(real.readdirSync(join(path, '..'))).toEqual([]);
});

test('a stale lock whose claim another run holds is left to that run', () => {
  const path = join(folder(), 'file');
  const lock = join(path, '..', '.file.evolock-lock');
  const stale = { ...newHolder(), pid: endedProcess() };
  real.writeFileSync(lock, textOf(stale));
  real.writeFileSync(`${lock}.${stale.nonce}`, textOf(newHolder()));
  expect(errorOf(() => withLockFile(path, () => 'worked'))).toMatchObject({ reason: 'locked' });
});
