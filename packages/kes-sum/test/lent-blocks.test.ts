import { keyOf } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf, wrongly } from '@evolock/test-support';
import { describe, expect, it } from 'vitest';
import {
  ed25519,
  MLockedSeed,
  pooledAllocator,
  type Pull,
  type Push,
  rustSigningKeyType,
  versionedSigningKey,
  versionedSigningKeyType,
} from '../src/index.js';
import { unsoundUnchecked } from '../src/unsound.js';
import { algorithms } from './algorithms.js';

const asynchronous: Push & Pull = wrongly(async () => {});

describe.each(algorithms)('a block of a $name key', (algorithm) => {
  it('is not lent to an asynchronous push', () => {
    using key = keyOf(algorithm, seedOf(7));
    expect(codeOf(() => key.directSerialise(asynchronous))).toBe('ERR_EVOLOCK_VIEW_ESCAPE');
    expect(codeOf(() => versionedSigningKey(key).directSerialise(asynchronous))).toBe(
      'ERR_EVOLOCK_VIEW_ESCAPE',
    );
  });

  it('is not filled by an asynchronous pull: no key comes of it, and nothing is left alive', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const types = [
      algorithm,
      unsoundUnchecked(algorithm),
      versionedSigningKeyType(algorithm),
      rustSigningKeyType(algorithm),
    ];
    for (const type of types) {
      expect(codeOf(() => type.directDeserialise(asynchronous, { allocator }))).toBe(
        'ERR_EVOLOCK_VIEW_ESCAPE',
      );
    }
    expect(allocator.live).toBe(0);
  });
});

it('holds for seeds and Ed25519 keys too', () => {
  const allocator = new RecordingAllocator(pooledAllocator);
  for (const type of [MLockedSeed.type(32), ed25519]) {
    expect(codeOf(() => type.directDeserialise(asynchronous, { allocator }))).toBe(
      'ERR_EVOLOCK_VIEW_ESCAPE',
    );
  }
  expect(allocator.live).toBe(0);
});
