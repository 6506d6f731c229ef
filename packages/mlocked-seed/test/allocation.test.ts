import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { pooledAllocator } from '@evolock/mlocked-bytes';
import { codeOf, errorOf, RecordingAllocator, wrongly } from '@evolock/test-support';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MLockedSeed, type AllocationOptions } from '../src/index.js';

const original = MLockedSeed.newRandom(32);
afterAll(() => original.release());
// The scratch memory of this thread is the only other memory, and is reserved once.
beforeAll(() => {
  const { left, right } = original.expand();
  left.release();
  right.release();
});

type Make = (options: AllocationOptions) => MLockedSeed[];

/** All functions that make seeds, and how many they make. */
const makers: [string, number, Make][] = [
  ['newZeroed', 1, (options) => [MLockedSeed.newZeroed(32, options)]],
  ['newRandom', 1, (options) => [MLockedSeed.newRandom(32, options)]],
  ['fromBytes', 1, (options) => [MLockedSeed.fromBytes(new Uint8Array(32), options)]],
  ['clone', 1, (options) => [original.clone(options)]],
  ['type', 1, (options) => [MLockedSeed.type(32).directDeserialise(() => {}, options)]],
  [
    'a helper',
    1,
    (options) => [directDeserialiseBufChecked(Buffer.alloc(32), MLockedSeed.type(32), options)],
  ],
  [
    'expand',
    2,
    (options) => {
      const { left, right } = original.expand(options);
      return [left, right];
    },
  ],
];

describe.each(makers)('%s', (_name, count, make) => {
  test('takes all of its memory from the given allocator', () => {
    const before = pooledAllocator.usage().liveSlots;
    const log = new RecordingAllocator(pooledAllocator);
    const seeds = make({ allocator: log });
    expect([log.allocations, log.live]).toEqual([count, count]);
    expect(pooledAllocator.usage().liveSlots).toBe(before + count);
    for (const seed of seeds) seed.release();
    expect(log.live).toBe(0);
    expect(pooledAllocator.usage().liveSlots).toBe(before);
  });

  test('leaves no seed alive when any of its allocations fails', () => {
    const before = pooledAllocator.usage().liveSlots;
    for (let refuse = 1; refuse <= count; refuse += 1) {
      const log = new RecordingAllocator(pooledAllocator).failFrom(refuse - 1);
      expect(codeOf(() => make({ allocator: log }))).toBe('ERR_EVOLOCK_ALLOCATION_REFUSED');
      expect(log.allocations).toBe(refuse);
      expect(log.live).toBe(0);
    }
    expect(pooledAllocator.usage().liveSlots).toBe(before);
    const enough = new RecordingAllocator(pooledAllocator).failFrom(count);
    for (const seed of make({ allocator: enough })) seed.release();
  });

  test('requires an allocator', () => {
    const type = 'ERR_EVOLOCK_ARGUMENT_TYPE';
    for (const allocator of [null, 7, {}]) {
      const options: AllocationOptions = wrongly({ allocator });
      expect(errorOf(() => make(options))).toMatchObject({ code: type, argument: 'allocator' });
    }
    for (const options of [null, 7, 'options']) {
      expect(errorOf(() => make(wrongly(options)))).toMatchObject({
        code: type,
        argument: 'options',
      });
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
  expect([log.allocations, log.live]).toEqual([3, 0]);
});

test('fromBytes does not change the given bytes when there is no memory for them', () => {
  const given = new Uint8Array(32).fill(7);
  const allocator = new RecordingAllocator(pooledAllocator).failFrom(0);
  errorOf(() => MLockedSeed.fromBytes(given, { allocator }));
  expect(given).toEqual(new Uint8Array(32).fill(7));
});
