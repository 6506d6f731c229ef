import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PooledAllocator, pooledAllocator, MLockedSeed } from '../src/index.js';
import { compactSums, evolving, freshAlgorithm, periodsOf, sums } from './algorithms.js';
import { expand, nodeSeeds, plainEd25519, signingKey } from './recursive-reference.js';
import { RecordingAllocator } from './recording-allocator.js';
import { blocksOf, codeOf, keyAt, keyFrom, keyOf, seedOf, serialised } from './signing-keys.js';

// Each weakness of the reference implementations, by name, and what holds here instead.

const message = Uint8Array.of(1, 2, 3);

describe.each(evolving)('$name', (algorithm) => {
  const { totalPeriods } = algorithm;
  const seed = seedOf(11);

  test('period checks that are debug assertions: a signature of the last period is good at no period past it', () => {
    using key = keyAt(algorithm, seed, totalPeriods - 1);
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);
    expect(algorithm.verify(root, totalPeriods - 1, message, signature)).toBe(true);
    const past = [totalPeriods, totalPeriods + 1, 2 * totalPeriods - 1, 2 ** 31 - 1, 2 ** 31];
    const wrapped = [2 ** 32 - 1, 2 ** 32 + totalPeriods - 1, -1, -totalPeriods, 2 ** 53 - 1];
    for (const period of [...past, ...wrapped]) {
      expect(algorithm.verify(root, period, message, signature), `period ${period}`).toBe(false);
      const read = () => keyFrom(algorithm, serialised(key), { period });
      expect(codeOf(read), `period ${period}`).toBe('ERR_EVOLOCK_KES_PERIOD');
    }
  });

  test('an update that trusts the period of its caller: no leaf ever comes from an all-zero seed', () => {
    expect(keyOf(algorithm, seed).update.length).toBe(0);
    using key = keyOf(algorithm, seed);
    const fromZeros = nodeSeeds(algorithm.depth, new Uint8Array(32)).map((node) => node.seed);
    for (const period of periodsOf(algorithm)) {
      if (period > 0) key.update();
      const bytes = serialised(key);
      const leaf = Buffer.from(bytes.subarray(0, 32));
      expect(fromZeros.some((zero) => leaf.equals(zero))).toBe(false);
    }
    expect(serialised(key)).toEqual(
      signingKey(plainEd25519, algorithm.depth, seed, totalPeriods - 1),
    );
  });

  test('an update that leaves the old key alive: the old leaf and the used seed are gone when it returns', () => {
    const allocator = new RecordingAllocator();
    using key = keyOf(algorithm, seed, { allocator });
    const { bytes } = allocator.slots[0]!;
    const memory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const period of periodsOf(algorithm).slice(1)) {
      const before = blocksOf(key);
      key.update();
      expect(memory.includes(Buffer.from(before[0]!)), `period ${period}`).toBe(false);
      const level = Math.log2(period & -period);
      const used = Buffer.from(before[1 + 3 * level]!);
      // Innermost, the used seed is itself the new leaf, and its slot is zero.
      if (level === 0) expect(blocksOf(key)[1]).toEqual(new Uint8Array(32));
      else expect(memory.includes(used), `period ${period}`).toBe(false);
      expect([allocator.allocations, allocator.live]).toEqual([1, 1]);
    }
  });

  test('no exception safety: a failed size check or read wipes all that was there', () => {
    using key = keyOf(algorithm, seed);
    for (const size of [32, algorithm.signingKeySize - 1, algorithm.signingKeySize + 1]) {
      const allocator = new RecordingAllocator();
      const bytes = new Uint8Array(size);
      bytes.set(serialised(key).subarray(0, size));
      expect(codeOf(() => keyFrom(algorithm, bytes, { allocator }))).toBe('ERR_EVOLOCK_SIZE_CHECK');
      expect([allocator.slots.length, allocator.live, allocator.unwiped]).toEqual([1, 0, 0]);
    }
  });

  test('use after finalisation that nobody notices: it throws', () => {
    const key = keyOf(algorithm, seed);
    key.release();
    for (const use of [() => key.sign(message), () => key.update(), () => key.period]) {
      expect(codeOf(use)).toBe('ERR_EVOLOCK_RELEASED');
    }
  });

  test('a key that is read and not checked against its verification keys: the level that disagrees is named', () => {
    using key = keyOf(algorithm, seed);
    const bytes = serialised(key);
    const outermost = 32 + 96 * (algorithm.depth - 1);
    bytes[outermost + 64]! ^= 1;
    expect(() => keyFrom(algorithm, bytes)).toThrow(
      expect.objectContaining({
        code: 'ERR_EVOLOCK_KES_INCONSISTENT_KEY',
        level: algorithm.depth,
        half: 'right',
      }),
    );
  });
});

test('allocations that bypass the given allocator: only the bench of an algorithm does, once, and it is empty between calls', () => {
  const algorithm = freshAlgorithm('sum', 3);
  const pool = new PooledAllocator();
  using seed = MLockedSeed.fromBytes(seedOf(11), { allocator: pool });
  algorithm.generateKey(seed, { allocator: pool }).release();
  const { liveSlots } = pooledAllocator.usage();
  using key = algorithm.generateKey(seed, { allocator: pool });
  key.update();
  using clone = key.clone({ allocator: pool });
  using read = keyFrom(algorithm, serialised(clone), { allocator: pool });
  read.update();
  expect(pooledAllocator.usage().liveSlots).toBe(liveSlots);
});

test('sum and compact under one name: each has its own', () => {
  for (const [depth, sum] of sums.entries()) {
    expect(sum.name).toBe(`ed25519_kes_2^${depth}`);
    expect(compactSums[depth]!.name).toBe(`ed25519_compact_kes_2^${depth}`);
  }
});

const status = '/proc/self/status';
if (!existsSync(status)) console.log('skipped: this platform does not tell how much is locked');

test.skipIf(!existsSync(status))(
  'freeing one key that unlocks the page of others: what is locked stays locked',
  () => {
    const locked = () => /^VmLck:\s*(\d+) kB$/m.exec(readFileSync(status, 'latin1'))?.[1];
    const keys = Array.from({ length: 20 }, (_, number) => keyOf(sums[6]!, seedOf(number)));
    const before = locked();
    for (const key of keys.slice(1)) key.release();
    expect(Number(before)).toBeGreaterThan(0);
    expect(locked()).toBe(before);
    expect(keys[0]!.sign(message).byteLength).toBe(448);
    keys[0]!.release();
  },
);

test('the two children of a seed are told apart by their prefix alone, left 0x01 and right 0x02', () => {
  using seed = MLockedSeed.fromBytes(seedOf(12));
  const { left, right } = seed.expand();
  const children = expand(seedOf(12));
  expect([left, right].map((child) => child.withBytes((view) => new Uint8Array(view)))).toEqual(
    children,
  );
  left.release();
  right.release();
});
