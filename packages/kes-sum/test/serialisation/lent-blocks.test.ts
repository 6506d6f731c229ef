import { keyOf } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf, wrongly } from '@evolock/test-support';
import { describe, expect, it } from 'vitest';
import {
  ed25519,
  MLockedSeed,
  pooledAllocator,
  rustSigningKeyType,
  type Pull,
  type Push,
} from '../../src/index.js';
import { algorithms } from '../algorithms.js';

const asynchronous: Push & Pull = wrongly(async () => {});

describe.each(algorithms)('a block of a $name key', (algorithm) => {
  it('is not lent to an asynchronous push', () => {
    using key = keyOf(algorithm, seedOf(7));
    expect(codeOf(() => key.directSerialise(asynchronous))).toBe('ERR_EVOLOCK_VIEW_ESCAPE');
  });

  it('is not filled by an asynchronous pull: there is no key, and everything is wiped', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    for (const type of [algorithm, rustSigningKeyType(algorithm)]) {
      expect(codeOf(() => type.directDeserialise(asynchronous, { allocator }))).toBe(
        'ERR_EVOLOCK_VIEW_ESCAPE',
      );
    }
    expect(allocator.live).toBe(0);
  });
});

it('a block of a seed or of an Ed25519 key is not filled by an asynchronous pull', () => {
  const allocator = new RecordingAllocator(pooledAllocator);
  for (const type of [MLockedSeed.type(32), ed25519]) {
    expect(codeOf(() => type.directDeserialise(asynchronous, { allocator }))).toBe(
      'ERR_EVOLOCK_VIEW_ESCAPE',
    );
  }
  expect(allocator.live).toBe(0);
});
