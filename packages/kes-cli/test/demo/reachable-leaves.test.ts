import { sum6Kes } from '@evolock/kes-sum';
import { expect, it } from 'vitest';
import { reachableLeaves } from '../../src/demo/reachable-leaves.js';
import { leafOf } from '../../src/demo/signature-check.js';
import { WatchedAllocator } from '../../src/demo/watched-allocator.js';
import { seedOf } from '../support/own-header.js';

it('a key reaches its present leaf and all that are to come, at every period', () => {
  const allocator = new WatchedAllocator();
  const key = sum6Kes.generateKey(seedOf(4), { allocator });
  const reachable: Set<string>[] = [];
  const leaves: string[] = [];
  for (let period = 0; period < 64; period += 1) {
    if (period > 0) key.update();
    reachable.push(reachableLeaves(key, allocator));
    leaves.push(leafOf(key.sign(new Uint8Array()), period));
  }
  key.release();
  for (const [period, found] of reachable.entries()) {
    expect(found).toEqual(new Set(leaves.slice(period)));
  }
  expect(new Set(leaves).size).toBe(64);
  expect(allocator).toMatchObject({ liveSlots: 0, isZero: true });
});
