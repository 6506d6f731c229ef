import { inspect } from 'node:util';
import { codeOf, errorOf } from '@evolock/test-support';
import { afterAll, describe, expect, test } from 'vitest';
import { MLockedBytes, mappingAllocator, ReleasedError } from '../../src/index.js';
import { copyOf, unsoundMemory } from '../../src/unsound.js';
import { fill } from '../support/bytes.js';

const live = MLockedBytes.newZeroed(32);
afterAll(() => live.release());

/** Methods that may be called after a release. */
const harmless = new Set<PropertyKey>([
  'constructor',
  'release',
  'toString',
  // For subclasses: public facts.
  'describe',
  'toJSON',
  Symbol.dispose,
  inspect.custom,
]);

/** Correct arguments of every method. A method that is missing here fails the test. */
const rightArguments = new Map<PropertyKey, unknown[]>([
  ['withBytes', [() => 'result']],
  ['zero', []],
  ['copyFrom', [live]],
  ['clone', []],
  ['equals', [live]],
  ['directSerialise', [() => {}]],
]);

/** Accessors, which may be read after a release. */
const accessors = new Set<PropertyKey>(['size', 'released']);

function membersOf(prototype: object): { key: PropertyKey; method: unknown }[] {
  const members: { key: PropertyKey; method: unknown }[] = [];
  let level: object | null = prototype;
  while (level !== null && level !== Object.prototype) {
    for (const key of Reflect.ownKeys(level)) {
      members.push({ key, method: Object.getOwnPropertyDescriptor(level, key)?.value });
    }
    level = Object.getPrototypeOf(level) as object | null;
  }
  return members;
}

function released(): [string, { toString(): string }][] {
  const value = MLockedBytes.newZeroed(32);
  value.release();
  return [['MLockedBytes', value]];
}

describe.each(released())('a released %s', (name, value) => {
  const members = membersOf(Object.getPrototypeOf(value) as object);

  test('has no method that this test does not know', () => {
    const unknown = members.filter(
      ({ key, method }) =>
        typeof key !== 'symbol' &&
        !harmless.has(key) &&
        !accessors.has(key) &&
        !(typeof method === 'function' && rightArguments.has(key)),
    );
    expect(unknown).toEqual([]);
  });

  test('throws from every method', () => {
    const used = members.filter(({ key }) => rightArguments.has(key));
    expect(used.length).toBeGreaterThan(1);
    for (const { key, method } of used) {
      const call = () => (method as () => unknown).apply(value, rightArguments.get(key) as []);
      const error = errorOf(call);
      expect({ key, code: error['code'] }).toEqual({ key, code: 'ERR_EVOLOCK_RELEASED' });
      expect(error).toBeInstanceOf(ReleasedError);
    }
  });

  test('is marked as released', () => {
    expect(value.toString()).toContain('released');
    expect(value.toString()).toContain(name);
  });
});

test('the methods of live values work with the same arguments', () => {
  using value = MLockedBytes.newZeroed(32);
  for (const { key, method } of membersOf(Object.getPrototypeOf(value) as object)) {
    const given = rightArguments.get(key);
    if (given === undefined) continue;
    const result: unknown = (method as () => unknown).apply(value, given as []);
    if (result instanceof MLockedBytes) result.release();
  }
});

test('a released value is refused as an argument', () => {
  const gone = MLockedBytes.newZeroed(32);
  gone.release();
  for (const use of [
    () => live.copyFrom(gone),
    () => live.equals(gone),
    () => unsoundMemory(gone),
    () => copyOf(gone, MLockedBytes.newZeroed(32)),
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
  const next = MLockedBytes.newZeroed(32, { allocator });
  fill(next, 7);
  bytes.release();
  bytes[Symbol.dispose]();
  expect(next.released).toBe(false);
  expect(next.withBytes((view) => view.every((byte) => byte === 7))).toBe(true);
  next.release();
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
