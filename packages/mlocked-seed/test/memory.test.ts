// The locked memory of seeds: where it comes from, when it is given back and wiped.
import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { pooledAllocator, PooledAllocator } from '@evolock/mlocked-bytes';
import { codeOf, describeLockedValue, errorOf, RecordingAllocator } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { checkSeed, MLockedSeed } from '../src/index.js';
import { copyOf, unsoundMemory } from '../src/unsound.js';

const secret = Uint8Array.from({ length: 32 }, (_, index) => 201 - 3 * index);

describeLockedValue('seeds', {
  type: 'MLockedSeed',
  pools: [pooledAllocator, new PooledAllocator()],
  make: (options) => MLockedSeed.fromBytes(secret.slice(), options),
  operations: {
    newZeroed: (_, options) => MLockedSeed.newZeroed(32, options),
    newRandom: (_, options) => MLockedSeed.newRandom(32, options),
    clone: (seed, options) => seed.clone(options),
    reading: (_, options) => directDeserialiseBufChecked(secret, MLockedSeed.type(32), options),
    expand(seed, options) {
      const { left, right } = seed.expand(options);
      return [left, right];
    },
  },
  secret,
  right: {
    withBytes: [() => 'result'],
    equals: [MLockedSeed.newZeroed(32)],
    directSerialise: [() => {}],
  },
  refuses: ['clone', 'directSerialise', 'equals', 'expand', 'withBytes'],
  // `describe` is for subclasses: public facts.
  harmless: ['size', 'describe'],
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

test('a released seed is refused as an argument', () => {
  using live = MLockedSeed.newRandom(32);
  const gone = MLockedSeed.newRandom(32);
  gone.release();
  for (const use of [
    () => live.equals(gone),
    () => checkSeed('seed', gone),
    () => unsoundMemory(gone),
    () => copyOf(gone, MLockedSeed.newZeroed(32)),
  ]) {
    expect(codeOf(use)).toBe('ERR_EVOLOCK_RELEASED');
  }
});
