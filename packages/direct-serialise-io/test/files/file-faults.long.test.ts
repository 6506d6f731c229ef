import type * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { EvolockError } from '@evolock/direct-serialise';
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { errorOf, RecordingAllocator } from '@evolock/test-support';
import { beforeEach, expect, test, vi } from 'vitest';
import { directDeserialiseFromFile, directSerialiseToFile, KeyFile } from '../../src/index.js';
import { fileName } from '../support/files.js';
import { toyAlgorithm, toySecret } from '../support/toy-key.js';
import { contentOf, lockedCopy, pattern } from '../support/values.js';

type Moment = 'before' | 'after';
type Call = (...values: unknown[]) => unknown;

/** Calls to the file system since the last reset, and which of them fails, before or after its effect. */
const faults = vi.hoisted(() => ({
  calls: [] as string[],
  opened: [] as number[],
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
      const failure = Object.assign(new Error(`${name}, refused by the test`), { code: 'EIO' });
      if (fails && faults.moment === 'before') throw failure;
      const result = call(...values);
      if (name === 'openSync') faults.opened.push(result as number);
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
const content = pattern(32);
const type = MLockedBytes.type(32);

function fail(failing: number, moment: Moment = 'before'): void {
  Object.assign(faults, { calls: [], failing, moment, meanwhile: undefined });
}

beforeEach(() => fail(Infinity));

/** Open descriptors of a file of that name. */
function openOn(path: string): number {
  return real.readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return real.readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
    } catch {
      return false;
    }
  }).length;
}

const isLinux = process.platform === 'linux';

function written(): string {
  const path = fileName();
  real.writeFileSync(path, content, { mode: 0o600 });
  return path;
}

function expectTyped(error: Error & { code?: unknown }, call: string): void {
  expect(error, call).toBeInstanceOf(EvolockError);
  expect(error.code, call).toMatch(/^ERR_EVOLOCK_IO_(STREAM|FILE)$/);
  expect(error.cause, call).toBeInstanceOf(Error);
}

const moments: Moment[] = ['before', 'after'];

test.each(moments)(
  'when any call fails while a file is read, %s its effect, no locked memory is left',
  (moment) => {
    contentOf(directDeserialiseFromFile(written(), 32, type));
    const calls = [...faults.calls];
    expect(calls).toEqual(['openSync', 'fstatSync', 'readSync', 'readSync', 'closeSync']);
    for (const [index, call] of calls.entries()) {
      const allocator = new RecordingAllocator(pooledAllocator);
      const path = written();
      fail(index + 1, moment);
      const error = errorOf(() => directDeserialiseFromFile(path, 32, type, { allocator }));
      expectTyped(error, call);
      allocator.expectClean();
      // An open that reports a failure after its effect leaves an unknown descriptor.
      if (isLinux && moment === 'after' && call !== 'openSync') expect(openOn(path)).toBe(0);
    }
  },
);

const next = pattern(32).reverse();

/** Whether the content of an open file was overwritten. */
function isZero(fd: number | undefined): boolean {
  if (fd === undefined) return false;
  const bytes = Buffer.alloc(real.fstatSync(fd).size);
  real.readSync(fd, bytes, 0, bytes.length, 0);
  return bytes.every((byte) => byte === 0);
}

/** What a killed run leaves: this process goes on, so its lock is removed here. */
function removeLocks(path: string): void {
  for (const name of real.readdirSync(dirname(path)))
    if (name.includes('evolock-lock')) real.unlinkSync(join(dirname(path), name));
}

/** Writes the next value, over the first or as a new file, while a call fails. */
function write(replace: boolean, failing = Infinity, moment: Moment = 'before') {
  fail(Infinity);
  const path = replace ? written() : fileName();
  const old = replace ? real.openSync(path, 'r') : undefined;
  const allocator = new RecordingAllocator(pooledAllocator);
  const value = lockedCopy(next);
  fail(failing, moment);
  let error: (Error & { code?: unknown; reason?: unknown }) | undefined;
  try {
    directSerialiseToFile(path, 32, value, { replace, allocator });
  } catch (thrown) {
    error = thrown as Error;
  }
  const calls = [...faults.calls];
  fail(Infinity);
  allocator.expectClean();
  const isErased = isZero(old);
  const found = real.existsSync(path) ? new Uint8Array(real.readFileSync(path)) : undefined;
  return { path, error, calls, found, isErased, old };
}

/** The reasons after which the new file is in place. */
const inPlace = ['not-durable', 'second-name', 'old-not-erased', 'not-confirmed'];

test.each([true, false].flatMap((replace) => moments.map((moment) => [replace, moment] as const)))(
  'when any call fails while a file is written, the file has the whole old or the whole new content: replaced %s, %s its effect',
  (replace, moment) => {
    const old = replace ? content : undefined;
    const { calls } = write(replace);
    expect(calls.filter((call) => call === 'fsyncSync').length).toBeGreaterThan(1);
    const reasons = new Set<unknown>();
    for (const [index, call] of calls.entries()) {
      const what = `${call} (call ${String(index + 1)})`;
      const { path, error, found, isErased, old: oldFile } = write(replace, index + 1, moment);
      expect([old, next], what).toContainEqual(found);
      if (isErased) expect(found, what).toEqual(next);
      if (error === undefined) {
        expect(found, what).toEqual(next);
        continue;
      }
      expect(error.code, what).toBe('ERR_EVOLOCK_IO_FILE');
      reasons.add(error.reason);
      if (inPlace.includes(String(error.reason))) expect(found, what).toEqual(next);
      const kept = ['left-behind', 'second-name', 'not-durable', 'old-not-erased'];
      const left = leftoversIn(path);
      if (!kept.includes(String(error.reason)))
        expect(
          left.filter((name) => real.readFileSync(name).length > 0),
          what,
        ).toEqual([]);
      // The next run finds the old content, and the unfinished file.
      removeLocks(path);
      directSerialiseToFile(path, 32, lockedCopy(next), { replace: true });
      expect(leftoversIn(path), what).toEqual([]);
      if (replace) expect(isZero(oldFile), what).toBe(true);
    }
    // A new file has two names for a moment. One that stays is a second name of the secret.
    if (!replace) expect([...reasons]).toContain('second-name');
  },
);

function leftoversIn(path: string): string[] {
  return real
    .readdirSync(dirname(path))
    .filter((name) => name.endsWith('.evolock-new'))
    .map((name) => join(dirname(path), name));
}

test('a file that another program replaces right after is reported as not confirmed', () => {
  const { calls } = write(true);
  // After the flush of the directory and of the overwritten old content, the file is read again.
  const again = calls.lastIndexOf('openSync', calls.lastIndexOf('readSync'));
  expect(calls.slice(calls.indexOf('renameSync'), again)).toContain('fsyncSync');
  const path = written();
  const other = written();
  faults.meanwhile = () => {
    if (faults.calls.at(-1) !== 'openSync' || !faults.calls.includes('renameSync')) return;
    if (faults.calls.filter((call) => call === 'fsyncSync').length < 3) return;
    faults.meanwhile = undefined;
    real.renameSync(other, path);
  };
  const error = errorOf(() => directSerialiseToFile(path, 32, lockedCopy(next), { replace: true }));
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', reason: 'not-confirmed', path });
  expect(new Uint8Array(real.readFileSync(path))).toEqual(content);
});

test('a file whose descriptor the type closes is refused, and the read bytes are wiped', () => {
  const path = written();
  const read = (closing: 'before' | 'after') => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const closes: typeof type = {
      directDeserialise(pull, options) {
        const close = () => real.closeSync(faults.opened.at(-1)!);
        if (closing === 'before') close();
        const bytes = type.directDeserialise(pull, options);
        if (closing === 'after') close();
        return bytes;
      },
    };
    const error = errorOf(() => directDeserialiseFromFile(path, 32, closes, { allocator }));
    allocator.expectClean();
    return error;
  };
  const refused = { code: 'ERR_EVOLOCK_IO_FILE', reason: 'system', path, systemCode: 'EBADF' };
  expect(read('before')).toMatchObject(refused);
  expect(read('after')).toMatchObject(refused);
});

const toy = toyAlgorithm(MLockedBytes);
const create = () => ({ key: toy.generate(1), publicBytes: pattern(3) });

/** The periods of which a file has the key. */
function periodsOf(file: string): number[] {
  const found = real.readFileSync(file);
  const secret = (period: number) => Buffer.alloc(16, toySecret(1, period));
  return Array.from({ length: 10 }, (_, period) => period).filter((period) =>
    found.includes(secret(period)),
  );
}

/** What a call of a key file leaves when a call to the file system fails. */
async function keyFile(
  what: 'create' | 'update' | 'retire',
  failing = Infinity,
  moment: Moment = 'before',
) {
  const path = fileName();
  const allocator = new RecordingAllocator(pooledAllocator);
  const open = () => KeyFile.open(path, toy, { allocator, create });
  fail(Infinity);
  const file = what === 'create' ? undefined : await open();
  const old = file === undefined ? undefined : real.openSync(path, 'r');
  fail(failing, moment);
  const work =
    file === undefined ? open() : what === 'update' ? file.updateTo(1, pattern(9)) : file.retire();
  const error = (await work.then(
    (result) => (result === undefined ? undefined : result.close()),
    (thrown: unknown) => thrown,
  )) as (Error & { code?: unknown; reason?: unknown }) | undefined;
  const calls = [...faults.calls];
  fail(Infinity);
  const found = real.existsSync(path) ? periodsOf(path) : 'none';
  return { path, file, error, calls, found, erased: isZero(old), old, allocator };
}

test.each(moments)(
  'when any call fails while a key file is created, %s its effect, there is a whole file or none, and the key is wiped',
  async (moment) => {
    const { calls } = await keyFile('create');
    expect(calls).toContain('fsync');
    for (const [index, call] of calls.entries()) {
      const { path, error, found, allocator } = await keyFile('create', index + 1, moment);
      if (error !== undefined) expectTyped(error, call);
      else expect(found, call).toEqual([0]);
      expect([[0], 'none'], call).toContainEqual(found);
      allocator.expectClean();
      removeLocks(path);
      const file = await KeyFile.open(path, toy, { create });
      expect(periodsOf(path), call).toEqual([0]);
      expect(leftoversIn(path), call).toEqual([]);
      await file.close();
    }
  },
);

test.each(moments)(
  'when any call fails while a key evolves, %s its effect, memory is ahead, the file old or new, and the next call writes',
  async (moment) => {
    const { calls } = await keyFile('update');
    expect(calls).not.toContain('fsyncSync');
    expect(calls.filter((call) => call === 'fsync')).toHaveLength(3);
    const seen = new Set<unknown>();
    for (const [index, call] of calls.entries()) {
      const what = `${call} (call ${String(index + 1)})`;
      const update = await keyFile('update', index + 1, moment);
      const { path, file, error, found, erased, old, allocator } = update;
      if (file === undefined) return expect.unreachable();
      expect([[0], [1]], what).toContainEqual(found);
      if (erased) expect(found, what).toEqual([1]);
      expect(file.key.period, what).toBe(1);
      expect(file.saved, what).toBe(error === undefined);
      if (error === undefined) expect([found, erased], what).toEqual([[1], true]);
      else expectTyped(error, what);
      if (inPlace.includes(String(error?.reason))) expect(found, what).toEqual([1]);
      seen.add(error?.reason);
      allocator.expectClean();
      await file.updateTo(1);
      expect(file.saved, what).toBe(true);
      expect(periodsOf(path), what).toEqual([1]);
      expect(leftoversIn(path), what).toEqual([]);
      expect(isZero(old), what).toBe(true);
      await file.close();
      const again = await KeyFile.open(path, toy);
      expect(again.publicBytes, what).toEqual(pattern(9));
      await again.destroy();
    }
    for (const reason of ['system', ...inPlace.filter((each) => each !== 'second-name')])
      expect(seen).toContain(reason);
  },
);

test.each(moments)(
  'when any call fails while a key evolves, %s its effect, the next open leaves no old content',
  async (moment) => {
    const { calls } = await keyFile('update');
    for (const [index, call] of calls.entries()) {
      const { path, file, old } = await keyFile('update', index + 1, moment);
      await file?.close();
      removeLocks(path);
      const again = await KeyFile.open(path, toy);
      const { period } = again.key;
      expect([leftoversIn(path), isZero(old)], call).toEqual([[], period === 1]);
      await again.destroy();
      expect(isZero(old), call).toBe(true);
    }
  },
);

test.each(moments)(
  'when any call fails while a key is retired, %s its effect, memory has no key, and the next call removes it from the file',
  async (moment) => {
    const { calls } = await keyFile('retire');
    for (const [index, call] of calls.entries()) {
      const { path, file, found, old, allocator } = await keyFile('retire', index + 1, moment);
      expect([[0], []], call).toContainEqual(found);
      expect(file?.hasKey, call).toBe(false);
      await file?.retire();
      expect(periodsOf(path), call).toEqual([]);
      expect(isZero(old), call).toBe(true);
      allocator.expectClean();
      await file?.close();
    }
  },
);

test.skipIf(process.platform === 'win32')(
  'a key file that is opened has its name on the disk, or is not opened',
  async () => {
    const path = fileName();
    const toy = toyAlgorithm(MLockedBytes);
    await (await KeyFile.open(path, toy, { create: () => ({ key: toy.generate(1) }) })).close();
    fail(Infinity);
    await (await KeyFile.open(path, toy)).close();
    const flush = faults.calls.indexOf('fsync') + 1;
    expect(flush).toBeGreaterThan(0);
    const allocator = new RecordingAllocator(pooledAllocator);
    fail(flush);
    await expect(KeyFile.open(path, toy, { allocator })).rejects.toMatchObject({
      code: 'ERR_EVOLOCK_IO_FILE',
    });
    allocator.expectClean();
  },
);
