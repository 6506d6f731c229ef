import { existsSync, readFileSync } from 'node:fs';
import { blocksOf, keyAt, keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, errorOf, RecordingAllocator, seedOf, toyDsign } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  mappingAllocator,
  MLockedSeed,
  PooledAllocator,
  pooledAllocator,
  type MLockedAllocator,
} from '../../src/index.js';
import { compactSums, evolving, freshAlgorithm, periodsOf, sums } from '../algorithms.js';
import { expand, nodeSeeds, plainEd25519, signingKey } from '../conformance/recursive-reference.js';

// Each weak spot of the reference implementations, and the behaviour here. docs/WEAK_SPOTS.md lists them by the beginnings of
// these titles.

const message = Uint8Array.of(1, 2, 3);

describe.each(evolving)('$name', (algorithm) => {
  const { totalPeriods } = algorithm;
  const seed = seedOf(11);

  test('period checks that are debug assertions: a signature of the last period verifies at no later integer', () => {
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

  test('an update that trusts the period of its caller: no leaf comes from a seed of zeros', () => {
    using key = keyOf(algorithm, seed);
    expect(key.update.length).toBe(0);
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

  test('an update that leaves the old key alive and intermediates to the collector: the old leaf and the used seed are gone when it returns, and nothing was allocated', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    using key = keyOf(algorithm, seed, { allocator });
    const { bytes } = allocator.slots[0]!;
    const memory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const period of periodsOf(algorithm).slice(1)) {
      const before = blocksOf(key);
      key.update();
      expect(memory.includes(Buffer.from(before[0]!)), `period ${period}`).toBe(false);
      const level = Math.log2(period & -period);
      const used = Buffer.from(before[1 + 3 * level]!);
      // At the innermost level the used seed is the new leaf, and its place is zero.
      if (level === 0) expect(blocksOf(key)[1]).toEqual(new Uint8Array(32));
      else expect(memory.includes(used), `period ${period}`).toBe(false);
      expect([allocator.allocations, allocator.live]).toEqual([1, 1]);
    }
  });

  test('signing that ignores the period: a key signs at its own period, and the signature verifies at no other', () => {
    using key = keyOf(algorithm, seed);
    const root = key.deriveVerificationKey();
    for (const period of new Set([0, 1, totalPeriods - 1])) {
      key.updateTo(period);
      const signature = key.sign(message);
      for (const other of periodsOf(algorithm)) {
        expect(algorithm.verify(root, other, message, signature)).toBe(other === period);
      }
    }
  });

  test('no exception safety in generation: everything is wiped on every failure', () => {
    const refusing = new RecordingAllocator(pooledAllocator).failAt(0);
    expect(errorOf(() => keyOf(algorithm, seed, { allocator: refusing }))).toBe(refusing.refusal);
    expect([refusing.slots.length, refusing.live]).toEqual([0, 0]);
    for (const failing of new Set([1, totalPeriods >> 1, totalPeriods])) {
      let leaves = 0;
      const dsign = toyDsign(() => {
        if (++leaves === failing) throw new Error('toy: failed');
      });
      const overToy = freshAlgorithm(algorithm.variant, algorithm.depth, dsign);
      const allocator = new RecordingAllocator(pooledAllocator);
      expect(() => keyOf(overToy, seed, { allocator })).toThrow('toy: failed');
      expect([allocator.slots.length, allocator.live, allocator.unwiped]).toEqual([1, 0, 0]);
    }
  });

  test('no exception safety in deserialisation: a failed size check wipes the key that was read', () => {
    using key = keyOf(algorithm, seed);
    for (const size of [32, algorithm.signingKeySize - 1, algorithm.signingKeySize + 1]) {
      const allocator = new RecordingAllocator(pooledAllocator);
      const bytes = new Uint8Array(size);
      bytes.set(serialised(key).subarray(0, size));
      expect(codeOf(() => keyFrom(algorithm, bytes, { allocator }))).toBe('ERR_EVOLOCK_SIZE_CHECK');
      expect([allocator.slots.length, allocator.live, allocator.unwiped]).toEqual([1, 0, 0]);
    }
  });

  test('use after finalisation without an error: it throws', () => {
    const key = keyOf(algorithm, seed);
    key.release();
    for (const use of [() => key.sign(message), () => key.update(), () => key.period]) {
      expect(codeOf(use)).toBe('ERR_EVOLOCK_RELEASED');
    }
  });

  test('a key that is read and not checked: a key with another verification key is refused, also if only its outermost past half was changed', () => {
    using key = keyAt(algorithm, seed, totalPeriods - 1);
    const verificationKey = key.deriveVerificationKey();
    const bytes = serialised(key);
    keyFrom(algorithm, bytes, { verificationKey }).release();
    // The left half of the outermost level is past: the key cannot be checked against it.
    bytes[32 + 96 * (algorithm.depth - 1) + 32]! ^= 1;
    keyFrom(algorithm, bytes).release();
    expect(codeOf(() => keyFrom(algorithm, bytes, { verificationKey }))).toBe(
      'ERR_EVOLOCK_KES_OTHER_KEY',
    );
  });

  test('a key that is read and not checked against its verification keys: the error names the wrong level', () => {
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

describe('allocations that bypass the given allocator', () => {
  /** The allocations of an allocator of the process during a call. */
  function askedDuring(run: () => void, allocator: MLockedAllocator): RecordingAllocator {
    const { allocate } = allocator;
    const log = new RecordingAllocator({ allocate: allocate.bind(allocator) });
    allocator.allocate = (size, alignment) => log.allocate(size, alignment);
    try {
      run();
    } finally {
      allocator.allocate = allocate;
    }
    return log;
  }

  test.each(['sum', 'compact'] as const)(
    'allocations that bypass the given allocator: a %s key, its steps, clones and reads use the given allocator only',
    (variant) => {
      const algorithm = freshAlgorithm(variant, 3);
      const allocator = new PooledAllocator();
      using seed = MLockedSeed.fromBytes(seedOf(11), { allocator });
      algorithm.generateKey(seed, { allocator }).release();
      const run = () => {
        using key = algorithm.generateKey(seed, { allocator });
        key.update();
        using clone = key.clone({ allocator });
        using read = keyFrom(algorithm, serialised(clone), { allocator });
        read.updateTo(7);
        // The seed, the key, its clone and the key that was read.
        expect(allocator.usage().liveSlots).toBe(4);
      };
      for (const other of [pooledAllocator, mappingAllocator]) {
        expect(askedDuring(run, other).slots).toEqual([]);
      }
    },
  );

  test('allocations that bypass the given allocator: scratch memory has a mapping of its own, made once, of the stated size, zero between calls', () => {
    const allocator = new PooledAllocator();
    using seed = MLockedSeed.fromBytes(seedOf(11), { allocator });
    const algorithm = freshAlgorithm('sum', 3);
    const generate = () => {
      algorithm.generateKey(seed, { allocator }).release();
    };
    const asked = askedDuring(generate, mappingAllocator);
    expect(asked.slots.map(({ size }) => size)).toEqual(algorithm.scratchSizes.slice(0, 1));
    for (const { bytes } of asked.slots) expect(bytes.every((byte) => byte === 0)).toBe(true);
    expect(askedDuring(generate, mappingAllocator).slots).toEqual([]);
  });
});

test('sum and compact under one name: they have different names', () => {
  for (const [depth, sum] of sums.entries()) {
    expect(sum.name).toBe(`ed25519_kes_2^${depth}`);
    expect(compactSums[depth]!.name).toBe(`ed25519_compact_kes_2^${depth}`);
  }
});

const status = '/proc/self/status';
if (!existsSync(status)) console.log('skipped: this platform does not report how much is locked');

test.skipIf(!existsSync(status))(
  'freeing one key that unlocks the page of others: the locked size is unchanged',
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

test('the children of a seed are hashes with prefix 0x01 (left) and 0x02 (right)', () => {
  using seed = MLockedSeed.fromBytes(seedOf(12));
  const { left, right } = seed.expand();
  const children = expand(seedOf(12));
  expect([left, right].map((child) => child.withBytes((view) => new Uint8Array(view)))).toEqual(
    children,
  );
  left.release();
  right.release();
});

test('docs/WEAK_SPOTS.md lists every weak spot of this file', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const titles = read('weak-spots.test.ts').matchAll(/^\s*(?:test\()?'([^':]+): /gm);
  const listed = read('../../../../docs/WEAK_SPOTS.md').matchAll(/^\| `([^`:]+)`/gm);
  const named = new Set([...titles].map(([, name]) => name));
  expect(named.size).toBeGreaterThan(10);
  expect(new Set([...listed].map(([, name]) => name))).toEqual(named);
});
