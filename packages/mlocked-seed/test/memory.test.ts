// The locked memory of seeds: where it comes from, when it is given back and wiped.
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { pooledAllocator } from '@evolock/mlocked-bytes';
import { codeOf, errorOf, RecordingAllocator, refusalsOf } from '@evolock/test-support';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkSeed, MLockedSeed, type AllocationOptions } from '../src/index.js';
import { copyOf, unsoundMemory } from '../src/unsound.js';

const live = MLockedSeed.newRandom(32);
afterAll(() => live.release());
// The scratch memory of this thread is the only other memory, and is reserved once.
beforeAll(() => {
  for (const child of Object.values(live.expand())) child.release();
});

/** All functions that make seeds, and how many they make. */
const makers: [string, number, (options: AllocationOptions) => MLockedSeed[]][] = [
  ['newZeroed', 1, (options) => [MLockedSeed.newZeroed(32, options)]],
  ['newRandom', 1, (options) => [MLockedSeed.newRandom(32, options)]],
  ['fromBytes', 1, (options) => [MLockedSeed.fromBytes(new Uint8Array(32), options)]],
  ['clone', 1, (options) => [live.clone(options)]],
  [
    'reading',
    1,
    (options) => [directDeserialiseBufChecked(Buffer.alloc(32), MLockedSeed.type(32), options)],
  ],
  [
    'expand',
    2,
    (options) => {
      const { left, right } = live.expand(options);
      return [left, right];
    },
  ],
];

describe.each(makers)('%s', (_name, count, make) => {
  test('takes all of its memory from the given allocator, and gives it back', () => {
    const before = pooledAllocator.usage().liveSlots;
    const log = new RecordingAllocator(pooledAllocator);
    const seeds = make({ allocator: log });
    expect([log.allocations, log.live]).toEqual([count, count]);
    expect(pooledAllocator.usage().liveSlots).toBe(before + count);
    for (const seed of seeds) seed.release();
    log.expectClean();
  });

  test('leaves no seed alive when any of its allocations fails', () => {
    for (let at = 0; at < count; at += 1) {
      const log = new RecordingAllocator(pooledAllocator).failFrom(at);
      expect(errorOf(() => make({ allocator: log }))).toBe(log.refusal);
      expect(log.allocations).toBe(at + 1);
      log.expectClean();
    }
  });
});

test('a pull that throws, or a source of the wrong size, leaves no seed alive', () => {
  const log = new RecordingAllocator(pooledAllocator);
  const options = { allocator: log };
  const type = MLockedSeed.type(32);
  const failure = new Error('broken pipe');
  const fail = (block: Uint8Array) => {
    block.fill(7);
    throw failure;
  };
  expect(errorOf(() => type.directDeserialise(fail, options))).toBe(failure);
  for (const size of [31, 33]) {
    const read = () => directDeserialiseBufChecked(new Uint8Array(size), type, options);
    expect(codeOf(read)).toBe('ERR_EVOLOCK_SIZE_CHECK');
  }
  expect(log.slots).toHaveLength(3);
  log.expectClean();
});

test('fromBytes does not change the given bytes when there is no memory for them', () => {
  const given = new Uint8Array(32).fill(7);
  const allocator = new RecordingAllocator(pooledAllocator).failFrom(0);
  errorOf(() => MLockedSeed.fromBytes(given, { allocator }));
  expect(given).toEqual(new Uint8Array(32).fill(7));
});

function released(): MLockedSeed {
  const seed = MLockedSeed.newRandom(32);
  seed.release();
  return seed;
}

test('a released seed throws from every method that uses its memory, and is refused as an argument', () => {
  const right = { withBytes: [() => 'result'], equals: [live], directSerialise: [() => {}] };
  // `describe` is for subclasses: public facts.
  const refusals = refusalsOf(released(), right, ['size', 'describe']);
  expect([...refusals.keys()].sort()).toEqual(
    ['clone', 'directSerialise', 'equals', 'expand', 'withBytes'].sort(),
  );
  expect(new Set(refusals.values())).toEqual(new Set(['ERR_EVOLOCK_RELEASED']));
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
  using next = MLockedSeed.fromBytes(new Uint8Array(64).fill(7));
  seed.release();
  seed[Symbol.dispose]();
  expect(next.withBytes((view) => view.every((byte) => byte === 7))).toBe(true);
  expect([seed.released, next.released]).toEqual([true, false]);
});
