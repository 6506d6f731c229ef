import type * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { EvolockError } from '@evolock/direct-serialise';
import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { errorOf, RecordingAllocator } from '@evolock/test-support';
import { beforeEach, expect, test, vi } from 'vitest';
import { directDeserialiseFromFile, directSerialiseToFile } from '../../src/index.js';
import { fileName } from '../support/files.js';
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
  return { ...actual, ...(Object.fromEntries(wrapped) as object) };
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
  const isErased = old !== undefined && real.readFileSync(old).every((byte) => byte === 0);
  if (old !== undefined) real.closeSync(old);
  const found = real.existsSync(path) ? new Uint8Array(real.readFileSync(path)) : undefined;
  return { path, error, calls, found, isErased };
}

/** The reasons after which the new file is in place. */
const inPlace = ['not-durable', 'second-name', 'old-not-erased', 'not-confirmed'];

test.each([true, false].flatMap((replace) => moments.map((moment) => [replace, moment] as const)))(
  'when any call fails while a file is written, the file has the whole old or the whole new content: replaced %s, %s its effect',
  (replace, moment) => {
    const old = replace ? content : undefined;
    const { calls } = write(replace);
    expect(calls.filter((call) => call === 'fsyncSync').length).toBeGreaterThan(1);
    for (const [index, call] of calls.entries()) {
      const what = `${call} (call ${String(index + 1)})`;
      const { path, error, found, isErased } = write(replace, index + 1, moment);
      expect([old, next], what).toContainEqual(found);
      if (isErased) expect(found, what).toEqual(next);
      if (error === undefined) {
        expect(found, what).toEqual(next);
        continue;
      }
      expect(error.code, what).toBe('ERR_EVOLOCK_IO_FILE');
      if (inPlace.includes(String(error.reason))) expect(found, what).toEqual(next);
      // The next run erases the unfinished file. The process continues, so the lock is removed here.
      const kept = ['left-behind', 'second-name'].includes(String(error.reason));
      const left = leftoversIn(path);
      if (!kept)
        expect(
          left.filter((name) => real.readFileSync(name).length > 0),
          what,
        ).toEqual([]);
    }
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
