// The locked memory of keys: where it comes from, and that nothing is left of a key or of an operation that fails.
import { keyFrom, keyOf, releasedKey, serialised } from '@evolock/test-keys';
import {
  describeLockedValue,
  errorOf,
  type LeafOperation,
  RecordingAllocator,
  seedOf,
  toyDsign,
  toySigningKey,
} from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  compactSingleKes,
  MLockedSeed,
  pooledAllocator,
  PooledAllocator,
  singleKes,
  type AllocationOptions,
  type KesAlgorithm,
} from '../src/index.js';
import { algorithms } from './algorithms.js';

function serialisedOf(algorithm: KesAlgorithm): Uint8Array {
  using key = keyOf(algorithm, seedOf(1));
  return serialised(key);
}

for (const algorithm of algorithms) {
  const seed = MLockedSeed.fromBytes(seedOf(1));
  describeLockedValue(algorithm.name, {
    type: 'SingleKesSigningKey',
    pools: [pooledAllocator, new PooledAllocator()],
    make: (options) => algorithm.generateKey(seed, options),
    form: {
      bytes: serialisedOf(algorithm),
      read: (bytes, options) => keyFrom(algorithm, bytes, options),
      pull: (pull, options) => algorithm.directDeserialise(pull, options),
    },
    operations: {
      clone: (key, options) => key.clone(options),
    },
    // The locked memory of a key begins with its seed.
    secret: seedOf(1),
    ...releasedKey,
  });
}

test.each(algorithms)(
  'a $name key leaves its seed as it was, and keeps its algorithm',
  (algorithm) => {
    using seed = MLockedSeed.fromBytes(seedOf(1));
    using same = MLockedSeed.fromBytes(seedOf(1));
    const key = algorithm.generateKey(seed);
    key.release();
    expect(key.algorithm).toBe(algorithm);
    expect(seed.equals(same)).toBe(true);
  },
);

describe.each([
  ['singleKes', singleKes],
  ['compactSingleKes', compactSingleKes],
])('%s over a leaf scheme that fails', (_, construct) => {
  const failing = (operation?: LeafOperation): KesAlgorithm =>
    construct(
      toyDsign((now) => {
        if (now === operation) throw new Error(`toy: ${operation} failed`);
      }),
    );

  function cleanErrorOf(run: (options: AllocationOptions) => unknown): string {
    const allocator = new RecordingAllocator(pooledAllocator);
    const { message } = errorOf(() => run({ allocator }));
    expect(allocator.slots.length).toBeGreaterThan(0);
    allocator.expectClean();
    return message;
  }

  test('wipes everything when generate or load fails', () => {
    const bytes = toySigningKey(seedOf(1));
    const generate = (options: AllocationOptions) => keyOf(failing('generate'), seedOf(1), options);
    expect(cleanErrorOf(generate)).toBe('toy: generate failed');
    const load = (options: AllocationOptions) => keyFrom(failing('load'), bytes, options);
    expect(cleanErrorOf(load)).toBe('toy: load failed');
    const damaged = bytes.with(39, bytes[39]! ^ 1);
    const refused = (options: AllocationOptions) => keyFrom(failing(), damaged, options);
    expect(cleanErrorOf(refused)).toBe('toy: the checksum is wrong');
  });

  test('keeps the key when sign fails', () => {
    using key = keyOf(failing('sign'), seedOf(1));
    expect(() => key.sign(Uint8Array.of(1))).toThrow('sign failed');
    expect(key.released).toBe(false);
  });
});
