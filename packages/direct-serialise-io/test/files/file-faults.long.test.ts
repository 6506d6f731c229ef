/** What is on the disk and in memory when any call to the file system fails, or when the process is killed before it. */
import type * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { EvolockError } from '@evolock/direct-serialise';
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { errorOf, RecordingAllocator } from '@evolock/test-support';
import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import { KeyFile } from '../../src/index.js';
import { writeDurably } from '../../src/files/index.js';
import { fileName } from '../support/files.js';
import { toyAlgorithm, toySecret, type ToyKey } from '../support/toy-key.js';
import { pattern } from '../support/values.js';

/** A call fails before or after its effect. A process that is killed makes no later call either. */
type Moment = 'before' | 'after' | 'killed';
type Call = (...values: unknown[]) => unknown;

/** Calls to the file system since the last reset, and which of them fails. */
const faults = vi.hoisted(() => ({
  calls: [] as string[],
  failing: Infinity,
  moment: 'before',
  /** The change of another program before a call. */
  meanwhile: undefined as (() => void) | undefined,
}));

vi.mock('node:fs', async (importOriginal) => {
  const actual = await importOriginal<typeof fs>();
  const faulty = (name: string, call: Call): Call => {
    return (...values) => {
      faults.calls.push(name);
      faults.meanwhile?.();
      const fails = faults.calls.length === faults.failing;
      const isDead = faults.moment === 'killed' && faults.calls.length >= faults.failing;
      const failure = Object.assign(new Error(`${name}, refused by the test`), { code: 'EIO' });
      if (isDead || (fails && faults.moment === 'before')) throw failure;
      const result = call(...values);
      if (fails) throw failure;
      return result;
    };
  };
  const names = [
    ...['openSync', 'fstatSync', 'lstatSync', 'readSync', 'writeSync', 'fsyncSync', 'closeSync'],
    ...['ftruncateSync', 'fchmodSync', 'linkSync', 'renameSync', 'unlinkSync', 'readdirSync'],
  ];
  const wrapped = names.map((name) => [name, faulty(name, actual[name as 'openSync'] as Call)]);
  const fsync = (fd: number, done: (error: unknown) => void): void => {
    try {
      faulty('fsync', () => actual.fsyncSync(fd))();
    } catch (error) {
      return done(error);
    }
    done(null);
  };
  return { ...actual, ...(Object.fromEntries(wrapped) as object), fsync };
});

const real = await vi.importActual<typeof fs>('node:fs');

function fail(failing: number, moment: Moment = 'before'): void {
  Object.assign(faults, { calls: [], failing, moment, meanwhile: undefined });
}

beforeEach(() => fail(Infinity));

/** Whether the content of an open file was overwritten. */
function isZero(fd: number): boolean {
  const bytes = Buffer.alloc(real.fstatSync(fd).size);
  real.readSync(fd, bytes, 0, bytes.length, 0);
  return bytes.every((byte) => byte === 0);
}

function inFolderOf(path: string, part: string): string[] {
  const names = real.readdirSync(dirname(path)).filter((name) => name.includes(part));
  return names.map((name) => join(dirname(path), name));
}

/** What a killed run leaves is stale: this process goes on, so its lock is removed here. */
function removeLocks(path: string): void {
  for (const lock of inFolderOf(path, 'evolock-lock')) real.unlinkSync(lock);
}

const toy = toyAlgorithm(MLockedBytes);
const create = () => ({ key: toy.generate(1), publicBytes: pattern(3) });

/** The period whose key a file has. */
function periodIn(path: string): number | 'none' | 'no file' {
  if (!real.existsSync(path)) return 'no file';
  const found = real.readFileSync(path);
  const secret = (period: number) => Buffer.alloc(16, toySecret(1, period));
  const periods = [0, 1].filter((period) => found.includes(secret(period)));
  expect(periods.length).toBeLessThan(2);
  return periods[0] ?? 'none';
}

/** The reasons after which the new file is in place. */
const inPlace = ['not-durable', 'second-name', 'old-not-erased', 'not-confirmed'];

interface Change {
  readonly name: string;
  readonly run: (file: KeyFile) => Promise<void>;
  /** What the file has afterwards. */
  readonly after: ReturnType<typeof periodIn>;
}

const changes: readonly Change[] = [
  { name: 'evolves', run: (file) => file.write({ period: 1, publicBytes: pattern(9) }), after: 1 },
  { name: 'is retired', run: (file) => file.retire(), after: 'none' },
  { name: 'is destroyed', run: (file) => file.destroy(), after: 'no file' },
];

/** Changes a key file while a call fails, and states what is there. */
async function changed({ run }: Change, failing = Infinity, moment: Moment = 'before') {
  const path = fileName();
  const allocator = new RecordingAllocator(pooledAllocator);
  fail(Infinity);
  const file = await KeyFile.open(path, toy, { allocator, create });
  const old = real.openSync(path, 'r');
  fail(failing, moment);
  const error = (await run(file).catch((thrown: unknown) => thrown)) as
    (Error & { code?: unknown; reason?: unknown }) | undefined;
  const { calls } = faults;
  fail(Infinity);
  allocator.expectClean();
  return { path, file, error, calls, found: periodIn(path), old };
}

/** All calls and moments. */
function* everyFault(calls: readonly string[]): Iterable<[number, Moment, string]> {
  for (const moment of ['before', 'after', 'killed'] as const)
    for (const [index, call] of calls.entries())
      yield [index + 1, moment, `${call} (call ${String(index + 1)}), ${moment}`];
}

test.each(changes)(
  'when any call fails while a key $name, its file is the whole old or new one, and the next call or open ends it',
  async (change) => {
    const { calls } = await changed(change);
    expect(calls).toContain('fsync');
    expect(calls.slice(0, calls.indexOf('renameSync'))).not.toContain('fsyncSync');
    const reasons = new Set<unknown>();
    for (const [failing, moment, what] of everyFault(calls)) {
      const { path, file, error, found, old } = await changed(change, failing, moment);
      expect([0, change.after], what).toContain(found);
      if (isZero(old)) expect(found, what).toBe(change.after);
      if (error === undefined) expect([found, isZero(old)], what).toEqual([change.after, true]);
      else {
        expect(error, what).toBeInstanceOf(EvolockError);
        expect(error.code, what).toBe('ERR_EVOLOCK_IO_FILE');
        expect(error.cause, what).toBeInstanceOf(Error);
        reasons.add(error.reason);
        if (inPlace.includes(String(error.reason))) expect(found, what).toBe(change.after);
      }
      // Memory is ahead of the file. The same object writes again, unless its process was killed.
      const isKept = change.after !== 'no file' && moment !== 'killed';
      if (change.after === 1) expect(file.key.period, what).toBe(1);
      else expect(file.hasKey, what).toBe(false);
      if (isKept) {
        expect(file.saved, what).toBe(error === undefined);
        await change.run(file);
        expect(file.saved, what).toBe(true);
        await file.close();
      } else {
        // A dead process writes nothing. A failed end of the use is its end.
        fail(1, 'killed');
        await file.close().catch(() => undefined);
        fail(Infinity);
        removeLocks(path);
      }
      const left = periodIn(path);
      expect(left, what).toBe(isKept ? change.after : found);
      const next = await KeyFile.open(path, toy, { create });
      expect(next.hasKey ? next.key.period : 'none', what).toBe(left === 'no file' ? 0 : left);
      expect(inFolderOf(path, '.evolock-new'), what).toEqual([]);
      expect(isZero(old), what).toBe(left !== 0);
      await next.destroy();
      expect(isZero(old), what).toBe(true);
      real.closeSync(old);
    }
    if (change.after === 1)
      for (const reason of ['system', ...inPlace]) expect(reasons).toContain(reason);
  },
);

/** Makes a key file, or opens it, while a call fails. */
async function opened(isNew: boolean, failing = Infinity, moment: Moment = 'before') {
  const path = fileName();
  fail(Infinity);
  if (!isNew) await (await KeyFile.open(path, toy, { create })).close();
  const allocator = new RecordingAllocator(pooledAllocator);
  fail(failing, moment);
  const error = await KeyFile.open(path, toy, { allocator, create }).then(
    (file) => file.close(),
    (thrown: unknown) => thrown,
  );
  const { calls } = faults;
  fail(Infinity);
  allocator.expectClean();
  return { path, error, calls, found: periodIn(path) };
}

test.each([true, false])(
  'when any call fails while a key file is opened, there is a whole file or none, and the key is wiped: new %s',
  async (isNew) => {
    const { calls } = await opened(isNew);
    expect(calls).toContain('fsync');
    const reasons = new Set<unknown>();
    for (const [failing, moment, what] of everyFault(calls)) {
      const { path, error, found } = await opened(isNew, failing, moment);
      if (error !== undefined) {
        expect(error, what).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE' });
        reasons.add((error as { reason: unknown }).reason);
      } else expect(found, what).toBe(0);
      expect(isNew ? [0, 'no file'] : [0], what).toContain(found);
      // The name of a file that is opened is on the disk.
      if (calls[failing - 1] === 'fsync') expect(error, what).toBeDefined();
      removeLocks(path);
      const file = await KeyFile.open(path, toy, { create });
      expect(periodIn(path), what).toBe(0);
      expect(inFolderOf(path, '.evolock-new'), what).toEqual([]);
      await file.close();
    }
    // A new file has two names for a moment. One that stays is a second name of the secret.
    if (isNew) expect([...reasons]).toContain('second-name');
  },
);

/** The periods whose keys an open file has. */
function periodsOf(fd: number): number[] {
  const content = Buffer.alloc(real.fstatSync(fd).size);
  real.readSync(fd, content, 0, content.length, 0);
  const periods = Array.from({ length: 10 }, (_, period) => period);
  return periods.filter((period) => content.includes(Buffer.alloc(16, toySecret(1, period))));
}

/** The periods whose keys the folder of a file has, under any name. */
function periodsBeside(path: string): number[] {
  const files = inFolderOf(path, '').filter((name) => real.lstatSync(name).isFile());
  return files.flatMap((name) => {
    const fd = real.openSync(name, 'r');
    const periods = periodsOf(fd);
    real.closeSync(fd);
    return periods;
  });
}

/** A call of a program, and the call to the file system that fails meanwhile. */
const faultyCall = fc.record({
  name: fc.constantFrom('evolve', 'updateTo', 'sign', 'save'),
  by: fc.nat(2),
  /** Calls that are not awaited share a write with the next one. */
  isAwaited: fc.boolean(),
  failing: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 45 })),
  moment: fc.constantFrom<Moment>('before', 'after', 'killed'),
});
type FaultyCall = ReturnType<typeof faultyCall.generate>['value'];

/** A program with an open key file. What has the name of the file before each call stays open. */
class Program {
  readonly path = fileName();
  readonly contents: number[] = [];
  readonly #running: Promise<unknown>[] = [];
  file!: KeyFile<ToyKey>;
  key!: ToyKey;

  async open(): Promise<void> {
    this.file = await KeyFile.open(this.path, toy, { create });
    this.key = this.file.key;
  }

  async call({ name, by, isAwaited, failing, moment }: FaultyCall): Promise<number> {
    this.contents.push(real.openSync(this.path, 'r'));
    const { file, key } = this;
    const period = name === 'sign' || name === 'save' ? key.period : Math.min(9, key.period + by);
    fail(failing, moment);
    if (name === 'evolve') key.updateTo(period);
    if (name === 'updateTo' || name === 'save') {
      const done = file.write({ period: period }).catch(() => undefined);
      this.#running.push(done);
      if (isAwaited) await done;
    }
    fail(Infinity);
    // What the file says of itself is true at each moment.
    if (file.saved) expect(periodsBeside(this.path)).toEqual([period]);
    return period;
  }

  /** Closes the file, and returns what it throws. */
  async close({ failing, moment }: FaultyCall): Promise<unknown> {
    this.contents.push(real.openSync(this.path, 'r'));
    fail(failing, moment);
    const error = await this.file.close().catch((thrown: unknown) => thrown);
    const isLockStuck = moment === 'killed' || faults.calls[failing - 1] === 'unlinkSync';
    fail(Infinity);
    await Promise.all(this.#running);
    expect(this.key.released).toBe(true);
    if (!isLockStuck) expect(inFolderOf(this.path, 'evolock-lock')).toEqual([]);
    removeLocks(this.path);
    return error;
  }
}

test('whatever fails before and in it, a close that does not throw leaves no earlier period on the disk, and one that throws wipes the key', async () => {
  const ends = { resolved: 0, thrown: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(faultyCall, { maxLength: 6 }), faultyCall, async (calls, end) => {
      fail(Infinity);
      const program = new Program();
      await program.open();
      let last = 0;
      for (const call of calls) last = await program.call(call);
      const error = await program.close(end);
      ends[error === undefined ? 'resolved' : 'thrown'] += 1;
      const { file, path, contents } = program;
      expect(file.saved).toBe(error === undefined);
      if (error === undefined) {
        expect(periodsBeside(path)).toEqual([last]);
        for (const content of contents)
          expect(periodsOf(content).filter((period) => period < last)).toEqual([]);
      } else expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE' });
      // The lock is returned, and the next run goes on.
      const again = await KeyFile.open(path, toy);
      if (error === undefined) expect(again.key.period).toBe(last);
      await again.close();
      contents.forEach((content) => real.closeSync(content));
    }),
    { numRuns: 200 },
  );
  expect(Math.min(ends.resolved, ends.thrown)).toBeGreaterThan(10);
});

test('a file that another program replaces right after is reported as not confirmed', () => {
  const [path, other] = [fileName(), fileName()];
  for (const each of [path, other]) real.writeFileSync(each, pattern(32), { mode: 0o600 });
  const options = { secret: true, replace: true };
  faults.meanwhile = () => {
    // After the flush of the directory and of the overwritten old content, the file is read again.
    if (faults.calls.at(-1) !== 'openSync' || !faults.calls.includes('renameSync')) return;
    if (faults.calls.filter((call) => call === 'fsyncSync').length < 3) return;
    faults.meanwhile = undefined;
    real.renameSync(other, path);
  };
  const error = errorOf(() => writeDurably(path, pattern(32).reverse(), options));
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', reason: 'not-confirmed', path });
  expect(new Uint8Array(real.readFileSync(path))).toEqual(pattern(32));
});
