import { keyFrom, keyOf } from '@evolock/test-keys';
import {
  type LeafOperation,
  RecordingAllocator,
  seedOf,
  toyDsign,
  toySigningKey,
} from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  compactSingleKes,
  pooledAllocator,
  singleKes,
  type KesAlgorithm,
} from '../../src/index.js';

describe.each([
  ['singleKes', singleKes],
  ['compactSingleKes', compactSingleKes],
])('%s over a leaf scheme that fails', (_, construct) => {
  function failing(operation: LeafOperation) {
    const algorithm: KesAlgorithm = construct(
      toyDsign((now) => {
        if (now === operation) throw new Error(`toy: ${operation} failed`);
      }),
    );
    return { algorithm, allocator: new RecordingAllocator(pooledAllocator) };
  }

  test('wipes everything when generate fails', () => {
    const { algorithm, allocator } = failing('generate');
    expect(() => keyOf(algorithm, seedOf(1), { allocator })).toThrow('generate failed');
    expect([allocator.slots.length > 0, allocator.live, allocator.unwiped]).toEqual([true, 0, 0]);
  });

  test('wipes everything when load fails', () => {
    const { algorithm, allocator } = failing('load');
    expect(() => keyFrom(algorithm, toySigningKey(seedOf(1)), { allocator })).toThrow(
      'load failed',
    );
    expect([allocator.slots.length > 0, allocator.live, allocator.unwiped]).toEqual([true, 0, 0]);
  });

  test('wipes everything when the leaf scheme refuses the serialised form', () => {
    const algorithm: KesAlgorithm = construct(toyDsign());
    const allocator = new RecordingAllocator(pooledAllocator);
    const bytes = toySigningKey(seedOf(1));
    bytes[39]! ^= 1;
    expect(() => keyFrom(algorithm, bytes, { allocator })).toThrow('checksum');
    expect([allocator.slots.length > 0, allocator.live, allocator.unwiped]).toEqual([true, 0, 0]);
  });

  test('keeps the key when sign fails', () => {
    const { algorithm } = failing('sign');
    using key = keyOf(algorithm, seedOf(1));
    expect(() => key.sign(Uint8Array.of(1))).toThrow('sign failed');
    expect(key.released).toBe(false);
  });
});
