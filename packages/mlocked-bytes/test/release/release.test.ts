import { codeOf, errorOf, refusalsOf } from '@evolock/test-support';
import { afterAll, expect, test } from 'vitest';
import { MLockedBytes, mappingAllocator, ReleasedError } from '../../src/index.js';
import { copyOf, unsoundMemory } from '../../src/unsound.js';
import { fill } from '../support/bytes.js';

const live = MLockedBytes.newZeroed(32);
afterAll(() => live.release());

function released(): MLockedBytes {
  const value = MLockedBytes.newZeroed(32);
  value.release();
  return value;
}

/** Valid arguments. */
const right = {
  withBytes: [() => 'result'],
  copyFrom: [live],
  equals: [live],
  directSerialise: [() => {}],
};

test('released locked bytes throw from every method that uses their memory', () => {
  const value = released();
  // `describe` is for subclasses: public facts.
  const refusals = refusalsOf(value, right, ['size', 'describe']);
  expect([...refusals.keys()].sort()).toEqual(
    ['clone', 'copyFrom', 'directSerialise', 'equals', 'withBytes', 'zero'].sort(),
  );
  expect(new Set(refusals.values())).toEqual(new Set(['ERR_EVOLOCK_RELEASED']));
  expect(errorOf(() => value.zero())).toBeInstanceOf(ReleasedError);
});

test('released locked bytes are refused as an argument', () => {
  for (const use of [
    () => live.copyFrom(released()),
    () => live.equals(released()),
    () => unsoundMemory(released()),
    () => copyOf(released(), MLockedBytes.newZeroed(32)),
  ]) {
    expect(codeOf(use)).toBe('ERR_EVOLOCK_RELEASED');
  }
});

test.each([
  ['from the pool', undefined],
  ['with a mapping of its own', mappingAllocator],
])('a value %s may be released twice', (_name, allocator) => {
  const bytes = MLockedBytes.newZeroed(32, { allocator });
  expect(bytes.released).toBe(false);
  bytes.release();
  expect(bytes.released).toBe(true);
  using next = MLockedBytes.newZeroed(32, { allocator });
  fill(next, 7);
  bytes.release();
  bytes[Symbol.dispose]();
  expect(next.released).toBe(false);
  expect(next.withBytes((view) => view.every((byte) => byte === 7))).toBe(true);
});

test('releasing wipes the memory before it returns', () => {
  for (const size of [1, 31, 32, 100, 512, 513, 2_048]) {
    const bytes = MLockedBytes.newZeroed(size);
    fill(bytes, 7);
    const kept = unsoundMemory(bytes);
    bytes.release();
    expect(kept.byteLength).toBe(size);
    expect(kept.every((byte) => byte === 0)).toBe(true);
  }
});

test('using releases at the end of the block, also when it throws', () => {
  const kept: { released: boolean }[] = [];
  const failure = new Error('the block failed');
  const block = () => {
    using bytes = MLockedBytes.newZeroed(32);
    using mapped = MLockedBytes.newZeroed(32, { allocator: mappingAllocator });
    kept.push(bytes, mapped);
    expect(kept.map((value) => value.released)).toEqual([false, false]);
    throw failure;
  };
  expect(errorOf(block)).toBe(failure);
  expect(kept.map((value) => value.released)).toEqual([true, true]);
});
