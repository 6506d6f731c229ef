import { blocksOf, keyOf, serialised } from '@evolock/test-keys';
import { RecordingAllocator, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { pooledAllocator } from '../../src/index.js';
import { algorithms, isRight, periodsOf } from '../algorithms.js';
import { nodeSeeds } from '../conformance/recursive-reference.js';

describe.each(algorithms)('$name', (algorithm) => {
  const seeds = nodeSeeds(algorithm.depth, seedOf(2));

  /** A seed that leads to a past leaf, or to the current one. */
  function isForgotten(period: number, { height, firstPeriod }: (typeof seeds)[number]): boolean {
    return firstPeriod < period || (firstPeriod === period && height > 0);
  }

  test('holds no past secret at any period, neither in its serialised form nor in its locked memory', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    using key = keyOf(algorithm, seedOf(2), { allocator });
    const memory = Buffer.from(
      allocator.slots[0]!.bytes.buffer,
      allocator.slots[0]!.bytes.byteOffset,
      allocator.slots[0]!.size,
    );
    for (const period of periodsOf(algorithm)) {
      if (period > 0) key.update();
      const bytes = Buffer.from(serialised(key));
      for (const node of seeds) {
        const what = `period ${period}, seed of height ${node.height} at ${node.firstPeriod}`;
        if (!isForgotten(period, node)) continue;
        expect(bytes.includes(Buffer.from(node.seed)), what).toBe(false);
        expect(memory.includes(Buffer.from(node.seed)), what).toBe(false);
      }
    }
  });

  test('holds the seeds of later periods, so the search above looks in the right place', () => {
    using key = keyOf(algorithm, seedOf(2));
    for (const period of periodsOf(algorithm)) {
      if (period > 0) key.update();
      const bytes = Buffer.from(serialised(key));
      const leaf = seeds.find((node) => node.height === 0 && node.firstPeriod === period);
      expect(bytes.includes(Buffer.from(leaf!.seed))).toBe(true);
    }
  });

  test('has zeroed exactly the right seeds of the levels that are in their right half', () => {
    using key = keyOf(algorithm, seedOf(2));
    for (const period of periodsOf(algorithm)) {
      if (period > 0) key.update();
      const blocks = blocksOf(key);
      for (let level = 0; level < algorithm.depth; level += 1) {
        const isZero = blocks[1 + 3 * level]!.every((byte) => byte === 0);
        expect(isZero, `period ${period}, level ${level + 1}`).toBe(isRight(period, level));
      }
    }
  });

  test('may be released twice; the first release overwrites the memory before it returns', () => {
    for (const period of periodsOf(algorithm)) {
      const allocator = new RecordingAllocator(pooledAllocator);
      const key = keyOf(algorithm, seedOf(2), { allocator });
      while (key.period < period) key.update();
      const { bytes } = allocator.slots[0]!;
      expect(bytes.some((byte) => byte !== 0)).toBe(true);
      key.release();
      expect(bytes.every((byte) => byte === 0)).toBe(true);
      key.release();
      expect(key.released).toBe(true);
      expect(allocator.live).toBe(0);
    }
  });
});
