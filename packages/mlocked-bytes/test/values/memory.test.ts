import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { codeOf, describeLockedValue, errorOf, RecordingAllocator } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  mappingAllocator,
  MLockedBytes,
  pooledAllocator,
  PooledAllocator,
  withMLockedBytes,
  type MLockedBytesOptions,
} from '../../src/index.js';
import { copyOf, unsoundMemory } from '../../src/unsound.js';

const secret = Uint8Array.from({ length: 32 }, (_, index) => 201 - 3 * index);

for (const [name, pool] of [
  ['bytes of a pool', pooledAllocator],
  ['bytes with mappings of their own', mappingAllocator],
] as const) {
  const withPool = (options: MLockedBytesOptions = {}) => ({ allocator: pool, ...options });
  describeLockedValue(name, {
    type: 'MLockedBytes',
    pools: [pool, new PooledAllocator()],
    make: (options) => MLockedBytes.fromBytes(secret.slice(), withPool(options)),
    form: {
      bytes: secret,
      read: (bytes, options) => directDeserialiseBufChecked(bytes, MLockedBytes.type(32), options),
      pull: (pull, options) => MLockedBytes.type(32).directDeserialise(pull, options),
    },
    operations: {
      newZeroed: (_, options) => MLockedBytes.newZeroed(32, options),
      clone: (bytes, options) => bytes.clone(options),
      'withMLockedBytes, within itself': (_, options) => {
        withMLockedBytes(32, () => withMLockedBytes(32, () => undefined, options), options);
        return [];
      },
    },
    secret,
    right: {
      withBytes: [() => 'result'],
      copyFrom: [MLockedBytes.newZeroed(32, { allocator: new PooledAllocator() })],
      equals: [MLockedBytes.newZeroed(32, { allocator: new PooledAllocator() })],
      directSerialise: [() => {}],
    },
    refuses: ['clone', 'copyFrom', 'directSerialise', 'equals', 'withBytes', 'zero'],
    // `describe` is for subclasses: public facts.
    harmless: ['size', 'describe'],
  });
}

test('released locked bytes are refused as an argument', () => {
  using live = MLockedBytes.newZeroed(32);
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

test('fromBytes does not change the given bytes when there is no memory for them', () => {
  const given = new Uint8Array(32).fill(7);
  const allocator = new RecordingAllocator(pooledAllocator).failFrom(0);
  errorOf(() => MLockedBytes.fromBytes(given, { allocator }));
  expect(given).toEqual(new Uint8Array(32).fill(7));
});
