// The table of functions is complete, and what releases a value from within an operation on it. kes-sum tests what callbacks may
// do to a key that they are lent.
import { ed25519, type KesSigningKey } from '@evolock/kes-sum';
import { singleKes, sumKes } from '@evolock/kes-sum/all';
import { pooledAllocator } from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { codeOf, RecordingAllocator, seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { missing, stale } from '../src/table/table.js';

test('a leaf scheme that releases the key during an evolution leaves no secret', () => {
  const allocator = new RecordingAllocator(pooledAllocator);
  const keys: KesSigningKey[] = [];
  const leaf = { ...ed25519.leaf };
  leaf.generate = (...given) => {
    keys[0]?.release();
    ed25519.leaf.generate(...given);
  };
  using seed = MLockedSeed.fromBytes(seedOf(7)) as MLockedSeed<32>;
  const key = sumKes(singleKes({ ...ed25519, leaf })).generateKey(seed, { allocator });
  keys.push(key);
  expect(codeOf(() => key.update())).toBe('ERR_EVOLOCK_RELEASED');
  expect(key.released).toBe(true);
  allocator.expectClean();
});

test('the table has every public function with parameters and no other', () => {
  expect({ missing, stale }).toEqual({ missing: [], stale: [] });
});
