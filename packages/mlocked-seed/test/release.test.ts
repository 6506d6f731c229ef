import { MLockedBytes, pooledAllocator } from '@evolock/mlocked-bytes';
import { codeOf, errorOf, wrongly } from '@evolock/test-support';
import { inspect } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { checkSeed, MLockedSeed, ReleasedError } from '../src/index.js';
import { copyOf, unsoundMemory } from '../src/unsound.js';

const live = MLockedSeed.newRandom(32);
afterAll(() => live.release());

/** Methods that may be called after a release. */
const harmless = new Set<PropertyKey>([
  'constructor',
  'release',
  'toString',
  'toJSON',
  // For subclasses: public facts.
  'describe',
  Symbol.dispose,
  inspect.custom,
]);

/** Correct arguments of every method. A method that is missing here fails the test. */
const rightArguments = new Map<PropertyKey, unknown[]>([
  ['clone', []],
  ['withBytes', [() => 'result']],
  ['equals', [live]],
  ['expand', []],
  ['directSerialise', [() => {}]],
]);

const accessors = new Set<PropertyKey>(['size', 'released']);

function membersOf(value: object): { key: PropertyKey; method: unknown }[] {
  const members: { key: PropertyKey; method: unknown }[] = [];
  let level = Object.getPrototypeOf(value) as object | null;
  while (level !== null && level !== Object.prototype) {
    for (const key of Reflect.ownKeys(level)) {
      members.push({ key, method: Object.getOwnPropertyDescriptor(level, key)?.value });
    }
    level = Object.getPrototypeOf(level) as object | null;
  }
  return members;
}

function released(): MLockedSeed {
  const seed = MLockedSeed.newRandom(32);
  seed.release();
  return seed;
}

test('this file lists every method of a seed', () => {
  const unknown = membersOf(live).filter(
    ({ key }) =>
      typeof key !== 'symbol' &&
      !harmless.has(key) &&
      !accessors.has(key) &&
      !rightArguments.has(key),
  );
  expect(unknown).toEqual([]);
});

test('every method of a released seed throws', () => {
  const seed = released();
  const before = pooledAllocator.usage().liveSlots;
  const used = membersOf(seed).filter(({ key }) => rightArguments.has(key));
  expect(used).toHaveLength(rightArguments.size);
  for (const { key, method } of used) {
    const call = () => (method as () => unknown).apply(seed, rightArguments.get(key) as []);
    const error = errorOf(call);
    expect({ key, code: error['code'] }).toEqual({ key, code: 'ERR_EVOLOCK_RELEASED' });
    expect(error).toBeInstanceOf(ReleasedError);
  }
  expect(pooledAllocator.usage().liveSlots).toBe(before);
});

test('a released seed is refused as an argument', () => {
  for (const use of [
    () => live.equals(released()),
    () => checkSeed('seed', released()),
    () => unsoundMemory(released()),
    () => copyOf(released(), MLockedSeed.newZeroed(32)),
  ]) {
    expect(codeOf(use)).toBe('ERR_EVOLOCK_RELEASED');
  }
});

test('a release wipes the memory before it returns, and may be repeated', () => {
  const seed = MLockedSeed.newRandom(64);
  const kept = unsoundMemory(seed);
  expect(kept.some((byte) => byte !== 0)).toBe(true);
  seed.release();
  expect([kept.byteLength, kept.some((byte) => byte !== 0)]).toEqual([64, false]);
  const next = MLockedSeed.fromBytes(new Uint8Array(64).fill(7));
  seed.release();
  seed[Symbol.dispose]();
  expect(next.withBytes((view) => view.every((byte) => byte === 7))).toBe(true);
  expect([seed.released, next.released]).toEqual([true, false]);
  next.release();
});

test('using releases a seed at the end of the block', () => {
  let kept: MLockedSeed | undefined;
  {
    using seed = MLockedSeed.newRandom(32);
    kept = seed;
  }
  expect(kept.released).toBe(true);
});

test('checkSeed requires a seed of the given size', () => {
  const bytes = MLockedBytes.newZeroed(32);
  for (const wrong of [undefined, null, {}, new Uint8Array(32), bytes]) {
    const expected = { code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument: 'seed' };
    expect(errorOf(() => checkSeed('seed', wrong))).toMatchObject(expected);
    expect(errorOf(() => live.equals(wrongly(wrong)))).toMatchObject({
      ...expected,
      argument: 'other',
    });
  }
  bytes.release();
  expect(checkSeed('seed', live)).toBe(live);
  expect(checkSeed('seed', live, 32)).toBe(live);
  expect(errorOf(() => checkSeed('seed', live, 64))).toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
    argument: 'seed',
  });
});
