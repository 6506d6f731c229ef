import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import {
  codeOf,
  type LeafOperation,
  RecordingAllocator,
  seedOf,
  toyDsign,
  wrongly,
} from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { KesPeriodError, pooledAllocator, type KesAlgorithm } from '../../src/index.js';
import { freshAlgorithm, periodsOf } from '../algorithms.js';

const message = Uint8Array.of(1, 2, 3);

/** A leaf scheme that fails at the n-th call of an operation from now on, counted from 1. */
class Failing {
  readonly algorithm: KesAlgorithm;
  #operation: LeafOperation | undefined;
  #left = 0;

  constructor(variant: 'sum' | 'compact', depth: number) {
    const dsign = toyDsign((operation) => {
      if (operation !== this.#operation) return;
      this.#left -= 1;
      if (this.#left === 0) throw new Error('toy: failed');
    });
    this.algorithm = freshAlgorithm(variant, depth, dsign);
  }

  at(operation: LeafOperation, n: number): void {
    this.#operation = operation;
    this.#left = n;
  }
}

describe.each(['sum', 'compact'] as const)('%s over a leaf scheme that fails', (variant) => {
  test('an update that fails leaves the key unchanged, and the next one succeeds', () => {
    const failing = new Failing(variant, 3);
    const { algorithm } = failing;
    using never = keyOf(algorithm, seedOf(1));
    using key = keyOf(algorithm, seedOf(1));
    const root = key.deriveVerificationKey();
    for (const period of periodsOf(algorithm).slice(0, -1)) {
      const bytes = serialised(key);
      failing.at('generate', 1);
      expect(() => key.update()).toThrow('toy: failed');
      expect(key.period).toBe(period);
      expect(serialised(key)).toEqual(bytes);
      expect(algorithm.verify(root, period, message, key.sign(message))).toBe(true);
      key.update();
      never.update();
      expect(serialised(key)).toEqual(serialised(never));
      expect(key.sign(message)).toEqual(never.sign(message));
    }
  });

  test('a generation that fails at any leaf wipes everything', () => {
    const failing = new Failing(variant, 3);
    for (let n = 1; n <= failing.algorithm.totalPeriods; n += 1) {
      const allocator = new RecordingAllocator(pooledAllocator);
      failing.at('generate', n);
      expect(() => keyOf(failing.algorithm, seedOf(1), { allocator })).toThrow('toy: failed');
      expect([allocator.slots.length, allocator.live, allocator.unwiped]).toEqual([1, 0, 0]);
    }
    keyOf(failing.algorithm, seedOf(1)).release();
  });

  test('a read that fails at any leaf wipes everything', () => {
    const failing = new Failing(variant, 3);
    const { algorithm } = failing;
    using key = keyOf(algorithm, seedOf(1));
    for (const period of periodsOf(algorithm)) {
      if (period > 0) key.update();
      const bytes = serialised(key);
      const calls: [LeafOperation, number][] = [['load', 1]];
      for (let n = 1; period + n < algorithm.totalPeriods; n += 1) calls.push(['generate', n]);
      for (const [operation, n] of calls) {
        const allocator = new RecordingAllocator(pooledAllocator);
        failing.at(operation, n);
        expect(() => keyFrom(algorithm, bytes, { allocator })).toThrow('toy: failed');
        expect([allocator.slots.length, allocator.live, allocator.unwiped]).toEqual([1, 0, 0]);
      }
      keyFrom(algorithm, bytes).release();
    }
  });

  test('a signature that fails leaves the key unchanged', () => {
    const failing = new Failing(variant, 2);
    using key = keyOf(failing.algorithm, seedOf(1));
    const bytes = serialised(key);
    failing.at('sign', 1);
    expect(() => key.sign(message)).toThrow('toy: failed');
    expect(serialised(key)).toEqual(bytes);
    expect(key.sign(message).byteLength).toBe(failing.algorithm.signatureSize);
  });

  test('an update with a wrong leaf throws and leaves the key unchanged', () => {
    let lie = false;
    const honest = toyDsign();
    const dsign = {
      ...honest,
      leaf: {
        ...honest.leaf,
        generate(leaf: Uint8Array, verificationKey: Uint8Array, seed: Uint8Array) {
          honest.leaf.generate(leaf, verificationKey, seed);
          if (lie) verificationKey[0]! ^= 1;
        },
      },
    };
    const algorithm = freshAlgorithm(variant, 2, dsign);
    using key = keyOf(algorithm, seedOf(1));
    const bytes = serialised(key);
    lie = true;
    expect(codeOf(() => key.update())).toBe('ERR_EVOLOCK_KES_INCONSISTENT_KEY');
    expect(serialised(key)).toEqual(bytes);
    lie = false;
    key.update();
    expect(key.period).toBe(1);
  });

  test.each(['generate', 'load'] as const)(
    'a leaf scheme whose %s is asynchronous makes no key, and everything is wiped',
    (operation) => {
      const honest = toyDsign();
      const asynchronous = {
        ...honest,
        leaf: {
          ...honest.leaf,
          [operation]: async (...given: [Uint8Array, Uint8Array, Uint8Array]) => {
            honest.leaf[operation](...given);
            await Promise.resolve();
          },
        },
      };
      const algorithm = freshAlgorithm(variant, 2, asynchronous);
      using good = keyOf(freshAlgorithm(variant, 2, honest), seedOf(1));
      const bytes = serialised(good);
      const allocator = new RecordingAllocator(pooledAllocator);
      const make = () =>
        operation === 'generate'
          ? keyOf(algorithm, seedOf(1), { allocator })
          : keyFrom(algorithm, bytes, { allocator });
      expect(codeOf(make)).toBe('ERR_EVOLOCK_KES_ASYNCHRONOUS_LEAF');
      expect(allocator.slots).toHaveLength(1);
      allocator.expectClean();
    },
  );

  test('a leaf scheme whose verify is asynchronous accepts no signature', () => {
    const honest = toyDsign();
    const verify = async () => Promise.resolve(false);
    const dsign = { ...honest, leaf: { ...honest.leaf, verify: wrongly(verify) } };
    const algorithm = freshAlgorithm(variant, 2, dsign);
    using key = keyOf(algorithm, seedOf(1));
    const forged = key.sign(message);
    forged[0]! ^= 1;
    const code = codeOf(() => algorithm.verify(key.deriveVerificationKey(), 0, message, forged));
    expect(code).toBe('ERR_EVOLOCK_KES_ASYNCHRONOUS_LEAF');
  });

  test('a refused period runs no leaf operation', () => {
    const operations: string[] = [];
    const algorithm = freshAlgorithm(
      variant,
      2,
      toyDsign((operation) => operations.push(operation)),
    );
    expect(() => algorithm.directDeserialise(() => {}, { period: 4 })).toThrow(KesPeriodError);
    expect(
      algorithm.verify(new Uint8Array(32), 4, message, new Uint8Array(algorithm.signatureSize)),
    ).toBe(false);
    expect(operations).toEqual([]);
  });
});
