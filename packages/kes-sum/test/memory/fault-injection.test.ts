import { keyAt, keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { errorOf, RecordingAllocator, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { pooledAllocator } from '../../src/index.js';
import { algorithms } from '../algorithms.js';

describe.each(algorithms)('$name', (algorithm) => {
  const middle = Math.floor(algorithm.totalPeriods / 2);

  /** Everything that makes a key. Each operation releases the key. */
  const operations: [string, (allocator: RecordingAllocator) => void][] = [
    ['generateKey', (allocator) => keyOf(algorithm, seedOf(8), { allocator }).release()],
    [
      'directDeserialise',
      (allocator) => {
        using key = keyAt(algorithm, seedOf(8), middle);
        keyFrom(algorithm, serialised(key), { allocator }).release();
      },
    ],
    [
      'clone',
      (allocator) => {
        using key = keyAt(algorithm, seedOf(8), middle);
        key.clone({ allocator }).release();
      },
    ],
  ];

  test.each(operations)('%s wipes everything when any of its allocations fails', (_, run) => {
    const log = new RecordingAllocator(pooledAllocator);
    run(log);
    expect(log.allocations).toBeGreaterThan(0);
    for (let n = 0; n < log.allocations; n += 1) {
      const allocator = new RecordingAllocator(pooledAllocator).failAt(n);
      const before = pooledAllocator.usage().liveSlots;
      expect(
        errorOf(() => run(allocator)),
        `allocation ${n}`,
      ).toBe(allocator.refusal);
      expect([allocator.live, allocator.unwiped]).toEqual([0, 0]);
      expect(pooledAllocator.usage().liveSlots).toBe(before);
    }
  });

  test('reading wipes everything when the pull throws at any block', () => {
    using key = keyAt(algorithm, seedOf(8), middle);
    const bytes = serialised(key);
    for (let n = 0; n < 1 + 3 * algorithm.depth; n += 1) {
      const allocator = new RecordingAllocator(pooledAllocator);
      const broken = new Error(`broken pipe at block ${n}`);
      let block = 0;
      let offset = 0;
      const pull = (memory: Uint8Array) => {
        memory.set(bytes.subarray(offset, offset + memory.byteLength));
        offset += memory.byteLength;
        if (block++ === n) throw broken;
      };
      const before = pooledAllocator.usage().liveSlots;
      expect(() => algorithm.directDeserialise(pull, { allocator })).toThrow(broken);
      expect(allocator.slots.length).toBeGreaterThan(0);
      expect([allocator.live, allocator.unwiped]).toEqual([0, 0]);
      expect(pooledAllocator.usage().liveSlots).toBe(before);
    }
  });

  test('serialisation leaves the key unchanged when the push throws at any block', () => {
    using key = keyOf(algorithm, seedOf(8));
    const bytes = serialised(key);
    for (let n = 0; n < 1 + 3 * algorithm.depth; n += 1) {
      const broken = new Error(`broken pipe at block ${n}`);
      let block = 0;
      const push = () => {
        if (block++ === n) throw broken;
      };
      expect(() => key.directSerialise(push)).toThrow(broken);
      expect(serialised(key)).toEqual(bytes);
    }
    if (algorithm.depth > 0) key.update();
  });
});
