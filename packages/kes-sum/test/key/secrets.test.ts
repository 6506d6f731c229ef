// Where the secrets of a key are, and where they are not.
import { keyFrom, keyOf, releasedKey, serialised } from '@evolock/test-keys';
import {
  describeLockedValue,
  RecordingAllocator,
  renderingsOf,
  seedOf,
  spellingsOf,
} from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { MLockedSeed, pooledAllocator, PooledAllocator, type KesAlgorithm } from '../../src/all.js';
import { algorithms, periodsOf } from '../algorithms.js';
import { nodeSeeds } from '../conformance/recursive-reference.js';

describe.each(algorithms)('a key of $name', (algorithm) => {
  const seeds = nodeSeeds(algorithm.depth, seedOf(2));

  /** What a key at a period may not hold: a seed that leads to a past leaf, and one of the current leaf above it. */
  function forgottenAt(now: number) {
    return seeds.filter(
      ({ height, firstPeriod }) => firstPeriod < now || (firstPeriod === now && height > 0),
    );
  }

  function watchedKey() {
    const allocator = new RecordingAllocator(pooledAllocator);
    const key = keyOf(algorithm, seedOf(2), { allocator });
    const { buffer, byteOffset, byteLength } = allocator.slots[0]!.bytes;
    return { key, memory: Buffer.from(buffer, byteOffset, byteLength) };
  }

  test('holds no past secret at any period, neither in its serialised form nor in its locked memory', () => {
    const { key, memory } = watchedKey();
    for (const period of periodsOf(algorithm)) {
      if (period > 0) key.update();
      const bytes = Buffer.from(serialised(key));
      const kept = forgottenAt(period).filter(
        ({ seed }) => bytes.includes(Buffer.from(seed)) || memory.includes(Buffer.from(seed)),
      );
      expect(kept, `period ${period}`).toEqual([]);
      // Its own leaf is there, so the search looks in the right place.
      const own = seeds.find(({ height, firstPeriod }) => height === 0 && firstPeriod === period);
      expect(bytes.includes(Buffer.from(own!.seed))).toBe(true);
      expect(memory.includes(Buffer.from(own!.seed))).toBe(true);
    }
    key.release();
  });

  test('holds no past secret after a step over several periods', () => {
    for (const period of [2, 3, algorithm.totalPeriods >> 1, algorithm.totalPeriods - 1]) {
      if (period >= algorithm.totalPeriods) continue;
      const { key, memory } = watchedKey();
      key.updateTo(period);
      const kept = forgottenAt(period).filter(({ seed }) => memory.includes(Buffer.from(seed)));
      expect(kept, `period ${period}`).toEqual([]);
      key.release();
    }
  });

  test('shows nothing of its seed or of any seed below it in any printed form', () => {
    using key = keyOf(algorithm, seedOf(2));
    const renderings = [...renderingsOf(key)];
    for (const { seed } of seeds) {
      const spellings = spellingsOf(seed);
      for (const [way, text] of renderings) {
        const found = spellings.filter((spelling) => text.includes(spelling));
        expect(found, way).toEqual([]);
      }
    }
  });
});

function serialisedOf(algorithm: KesAlgorithm): Uint8Array {
  using key = keyOf(algorithm, seedOf(2));
  return serialised(key);
}

for (const algorithm of algorithms) {
  const seed = MLockedSeed.fromBytes(seedOf(2));
  const leaf = nodeSeeds(algorithm.depth, seedOf(2)).find(({ height }) => height === 0)!;
  describeLockedValue(algorithm.name, {
    type: algorithm.depth === 0 ? 'SingleKesSigningKey' : 'SumKesSigningKey',
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
    secret: leaf.seed,
    ...releasedKey,
  });
}
