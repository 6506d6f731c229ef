import type * as fs from 'node:fs';
import { EvolockError } from '@evolock/direct-serialise';
import { MLockedBytes, pooledAllocator, type Push } from '@evolock/mlocked-bytes';
import { errorOf, RecordingAllocator } from '@evolock/test-support';
import { beforeEach, expect, test, vi } from 'vitest';
import { directDeserialiseFromFile, directSerialiseToNewFile } from '../src/index.js';
import { fileName } from './support/files.js';
import { contentOf, lockedCopy, pattern } from './support/values.js';

type Moment = 'before' | 'after';
type Call = (...values: unknown[]) => unknown;

/** Calls to the file system since the last reset, and which of them fails: instead of its work, or having done it. */
const faults = vi.hoisted(() => ({
  calls: [] as string[],
  opened: [] as number[],
  failing: Infinity,
  moment: 'before',
}));

vi.mock('node:fs', async (importOriginal) => {
  const actual = await importOriginal<typeof fs>();
  const faulty = (name: string, call: Call): Call => {
    return (...values) => {
      faults.calls.push(name);
      const fails = faults.calls.length === faults.failing;
      const failure = Object.assign(new Error(`${name}, refused by the test`), { code: 'EIO' });
      if (fails && faults.moment === 'before') throw failure;
      const result = call(...values);
      if (name === 'openSync') faults.opened.push(result as number);
      if (fails) throw failure;
      return result;
    };
  };
  const names = ['openSync', 'fstatSync', 'readSync', 'writeSync', 'fsyncSync', 'closeSync'];
  const wrapped = names.map((name) => [name, faulty(name, actual[name as 'openSync'] as Call)]);
  return { ...actual, ...(Object.fromEntries(wrapped) as object) };
});

const real = await vi.importActual<typeof fs>('node:fs');
const content = pattern(32);
const type = MLockedBytes.type(32);

function fail(failing: number, moment: Moment = 'before'): void {
  Object.assign(faults, { calls: [], failing, moment });
}

beforeEach(() => fail(Infinity));

/** Descriptors that are open on a file of that name. */
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
  'whichever call fails while a file is read, %s its work, nothing of it is left',
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
      // A call that did its work and is said to have failed leaves a descriptor that nobody knows.
      if (isLinux && moment === 'after' && call !== 'openSync') expect(openOn(path)).toBe(0);
    }
  },
);

test.each(moments)(
  'whichever call fails while a file is written, %s its work, no part of it is left',
  (moment) => {
    const first = fileName();
    directSerialiseToNewFile(first, 32, lockedCopy(content));
    const calls = [...faults.calls];
    expect(calls.filter((call) => call === 'closeSync')).toHaveLength(2);
    for (const [index, call] of calls.entries()) {
      const path = fileName();
      fail(index + 1, moment);
      const error = errorOf(() => directSerialiseToNewFile(path, 32, lockedCopy(content)));
      expectTyped(error, call);
      fail(Infinity);
      const created = call === 'openSync' && index === 0 && moment === 'after';
      const whole = index === calls.length - 1;
      if (created) expect(real.readFileSync(path)).toHaveLength(0);
      else if (whole) expect(new Uint8Array(real.readFileSync(path))).toEqual(content);
      else expect(real.existsSync(path), call).toBe(false);
    }
  },
);

test('a new file whose descriptor the value closes is told as what failed first', () => {
  for (const pass of [1, 2]) {
    const path = fileName();
    let passes = 0;
    const value = {
      directSerialise(push: Push): void {
        passes += 1;
        if (passes === pass) real.closeSync(faults.opened.at(-1)!);
        push(content);
      },
    };
    const error = errorOf(() => directSerialiseToNewFile(path, 32, value));
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE', reason: 'left-behind', path });
    const { errors } = error.cause as AggregateError;
    expect(errors).toMatchObject([
      { code: 'ERR_EVOLOCK_IO_STREAM', systemCode: 'EBADF' },
      { code: 'EBADF' },
    ]);
    expect(real.existsSync(path)).toBe(false);
  }
});

test('a file whose descriptor the type closes is refused, and what was read of it wiped', () => {
  const path = written();
  const read = (closing: 'before' | 'behind') => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const closes: typeof type = {
      directDeserialise(pull, options) {
        const close = () => real.closeSync(faults.opened.at(-1)!);
        if (closing === 'before') close();
        const bytes = type.directDeserialise(pull, options);
        if (closing === 'behind') close();
        return bytes;
      },
    };
    const error = errorOf(() => directDeserialiseFromFile(path, 32, closes, { allocator }));
    allocator.expectClean();
    return error;
  };
  const stream = { code: 'ERR_EVOLOCK_IO_STREAM', systemCode: 'EBADF' };
  expect(read('before')).toMatchObject({ ...stream, message: 'reading failed (EBADF)' });
  expect(read('behind')).toMatchObject({ ...stream, message: 'closing the file failed (EBADF)' });
});
