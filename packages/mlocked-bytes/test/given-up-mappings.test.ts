import { afterEach, expect, test } from 'vitest';
import { mappingAllocator, MLockedBytes } from '../src/index.js';
import { sodium } from '../src/native.js';
import { unsoundMemory } from '../src/unsound.js';
import { fill } from './support/bytes.js';

const { sodium_free: freeMapping, sodium_memzero: zero } = sodium;

function restore(): void {
  Object.assign(sodium, { sodium_free: freeMapping, sodium_memzero: zero });
}

afterEach(restore);

const end = new RangeError('Maximum call stack size exceeded');

function throwsEnd(): never {
  throw end;
}

function filledBytes(): MLockedBytes {
  const bytes = MLockedBytes.newZeroed(32, { allocator: mappingAllocator });
  fill(bytes, 7);
  return bytes;
}

test('what could not be wiped is alive, with its content', () => {
  using bytes = filledBytes();
  Object.assign(sodium, { sodium_memzero: throwsEnd });
  expect(() => bytes.release()).toThrow(end);
  restore();
  expect(bytes.released).toBe(false);
  expect(unsoundMemory(bytes).every((byte) => byte === 7)).toBe(true);
});

test('what was wiped and could not be given back is released, and goes back with the next', () => {
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
