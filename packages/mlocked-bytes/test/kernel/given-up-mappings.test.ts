import { afterEach, expect, test } from 'vitest';
import { mappingAllocator, MLockedBytes } from '../../src/index.js';
import { sodium } from '../../src/kernel/native.js';
import { unsoundMemory } from '../../src/unsound.js';
import { fill } from '../support/bytes.js';

const { sodium_free: freeMapping, sodium_memzero: zero } = sodium;

const schedule = globalThis.setImmediate;

function restore(): void {
  Object.assign(globalThis, { setImmediate: schedule });
  Object.assign(sodium, { sodium_free: freeMapping, sodium_memzero: zero });
}

afterEach(async () => {
  restore();
  // Two turns of the event loop, after which the kernel has the mappings of a test.
  for (let turn = 0; turn < 2; turn += 1) await new Promise(setImmediate);
});

const end = new RangeError('Maximum call stack size exceeded');

function throwsEnd(): never {
  throw end;
}

function filledBytes(): MLockedBytes {
  const bytes = MLockedBytes.newZeroed(32, { allocator: mappingAllocator });
  fill(bytes, 7);
  return bytes;
}

test('a value that could not be wiped is alive, with its content', () => {
  using bytes = filledBytes();
  Object.assign(sodium, { sodium_memzero: throwsEnd });
  expect(() => bytes.release()).toThrow(end);
  restore();
  expect(bytes.released).toBe(false);
  expect(unsoundMemory(bytes).every((byte) => byte === 7)).toBe(true);
});

test('a value that was wiped and could not be given back is released, and given back with the next', () => {
  const bytes = filledBytes();
  const memory = unsoundMemory(bytes);
  Object.assign(sodium, { sodium_free: throwsEnd });
  expect(() => bytes.release()).toThrow(end);
  expect(bytes.released).toBe(true);
  expect(memory).toEqual(new Uint8Array(32));
  bytes.release();
  let freed = 0;
  Object.assign(sodium, {
    sodium_free(handle: Uint8Array) {
      freed += 1;
      freeMapping(handle);
    },
  });
  using next = filledBytes();
  expect([freed, memory.byteLength]).toEqual([1, 0]);
  next.release();
  expect(freed).toBe(2);
});

test('a function that is called while a mapping is given back may make one, and no mapping has two owners', () => {
  const values = Array.from({ length: 520 }, filledBytes);
  // When 512 wait for the event loop, the next ones are kept for reuse.
  for (const value of values.slice(0, 500)) value.release();
  const made: MLockedBytes[] = [];
  let isWithin = false;
  Object.assign(globalThis, {
    setImmediate(callback: () => void) {
      if (!isWithin) {
        isWithin = true;
        made.push(filledBytes());
        isWithin = false;
      }
      return schedule(callback);
    },
  });
  for (const value of values.slice(500)) value.release();
  restore();
  expect(made).not.toEqual([]);
  for (let count = 0; count < 16; count += 1) made.push(filledBytes());
  expect(new Set(made.map((value) => unsoundMemory(value).buffer)).size).toBe(made.length);
  for (const value of made) value.release();
});

test('a mapping whose slot cannot be made is given back with the next', () => {
  const prevent = Object.preventExtensions;
  let freed = 0;
  try {
    Object.assign(Object, { preventExtensions: throwsEnd });
    expect(() => mappingAllocator.allocate(32)).toThrow(end);
  } finally {
    Object.assign(Object, { preventExtensions: prevent });
  }
  Object.assign(sodium, {
    sodium_free(handle: Uint8Array) {
      freed += 1;
      freeMapping(handle);
    },
  });
  using next = filledBytes();
  expect(freed).toBe(1);
  expect(next.released).toBe(false);
});
