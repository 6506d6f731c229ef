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
  form: {
    bytes: secret,
    read: (bytes, options) => directDeserialiseBufChecked(bytes, MLockedSeed.type(32), options),
    pull: (pull, options) => MLockedSeed.type(32).directDeserialise(pull, options),
  },
  operations: {
    newZeroed: (_, options) => MLockedSeed.newZeroed(32, options),
    newRandom: (_, options) => MLockedSeed.newRandom(32, options),
    clone: (seed, options) => seed.clone(options),
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
