// An operation that fails leaves nothing behind and changes nothing.
import { keyAt, keyFrom, keyOf, serialised } from '@evolock/test-keys';
import {
  errorOf,
  type LeafOperation,
  RecordingAllocator,
  seedOf,
  slotsOf,
  toyDsign,
} from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  mappingAllocator,
  PooledAllocator,
  pooledAllocator,
  type KesAlgorithm,
} from '../../src/all.js';
import { algorithms, freshAlgorithm, periodsOf, variants } from '../algorithms.js';

const message = Uint8Array.of(1, 2, 3);

/** The error of a call that takes one slot; checks that the slot was wiped and given back. */
function cleanErrorOf(run: (options: { readonly allocator: RecordingAllocator }) => unknown) {
  const allocator = new RecordingAllocator(pooledAllocator);
  const error = errorOf(() => run({ allocator }));
  expect(allocator.slots).toHaveLength(1);
  allocator.expectClean();
  return error;
}

describe.each(algorithms)('$name', (algorithm) => {
  const middle = Math.floor(algorithm.totalPeriods / 2);

  test('reading wipes everything when the pull throws at any block', () => {
    using key = keyAt(algorithm, seedOf(8), middle);
    const bytes = serialised(key);
    for (let n = 0; n < 1 + 3 * algorithm.depth; n += 1) {
      const broken = new Error(`broken pipe at block ${n}`);
      let [block, offset] = [0, 0];
      const pull = (memory: Uint8Array) => {
        memory.set(bytes.subarray(offset, (offset += memory.byteLength)));
        if (block++ === n) throw broken;
      };
      expect(cleanErrorOf((options) => algorithm.directDeserialise(pull, options))).toBe(broken);
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
      expect(errorOf(() => key.directSerialise(push))).toBe(broken);
      expect(serialised(key)).toEqual(bytes);
    }
    if (algorithm.depth > 0) key.update();
  });
});

/** Runs an operation that ends as soon as the n-th native calls on secrets are made. Returns whether it ended there. */
function endedAfter(n: number, run: () => void): boolean {
  const { findLastIndex } = Array.prototype;
  let left = n;
  Array.prototype.findLastIndex = function (this: unknown[], ...given) {
    const found = Reflect.apply<unknown[], typeof given, number>(findLastIndex, this, given);
    if (--left === 0) throw new Error('ended');
    return found;
  };
  try {
    run();
    return false;
  } catch (error) {
    expect(error).toMatchObject({ message: 'ended' });
    return true;
  } finally {
    Array.prototype.findLastIndex = findLastIndex;
  }
}

test.each(variants)('a %s key whose step was ended is at a period, and goes on', (variant) => {
  const algorithm = freshAlgorithm(variant, 3);
  for (const from of [0, 2, 3]) {
    const periods: number[] = [];
    let ended = true;
    for (let n = 1; ended; n += 1) {
      using key = keyAt(algorithm, seedOf(5), from);
      ended = endedAfter(n, () => key.update());
      // Each first call finds out where the step ended.
      const signature = n % 2 === 0 ? key.sign(message) : undefined;
      periods.push(key.period);
      using copy = key.clone();
      using undisturbed = keyAt(algorithm, seedOf(5), key.period);
      const root = undisturbed.deriveVerificationKey();
      const mine = signature ?? key.sign(message);
      expect(algorithm.verify(root, key.period, message, mine)).toBe(true);
      for (const each of [key, copy]) expect(serialised(each)).toEqual(serialised(undisturbed));
      key.updateTo(algorithm.totalPeriods - 1);
      expect(algorithm.verify(root, key.period, message, key.sign(message))).toBe(true);
    }
    // Before the copy, and after it.
    expect(new Set(periods)).toEqual(new Set([from, from + 1]));
    expect(periods.length).toBeGreaterThan(3);
  }
});

/** A leaf scheme that fails at the n-th call of an operation from now on, counted from 1. */
class Failing {
  readonly algorithm: KesAlgorithm;
  /** The scratch memory of the algorithm. */
  readonly scratch: RecordingAllocator;
  #operation: LeafOperation | undefined;
  #left = 0;

  constructor(variant: 'sum' | 'compact', depth: number) {
    const dsign = toyDsign((operation) => {
      if (operation !== this.#operation) return;
      this.#left -= 1;
      if (this.#left === 0) throw new Error('toy: failed');
    });
    this.algorithm = freshAlgorithm(variant, depth, dsign);
    this.scratch = slotsOf(mappingAllocator, () => keyOf(this.algorithm, seedOf(1)).release());
    expect(this.scratch.live).toBe(1);
  }

  at(operation: LeafOperation, n: number): void {
    this.#operation = operation;
    this.#left = n;
  }

  /** Expects that a call failed in the leaf scheme, and that its scratch memory is wiped. */
  expectFailed({ message: text }: Error): void {
    expect(text).toBe('toy: failed');
    const [slot] = this.scratch.slots;
    expect(slot!.bytes.every((byte) => byte === 0)).toBe(true);
  }
}

describe.each(variants)('%s over a leaf scheme', (variant) => {
  test('that fails: an update leaves the key unchanged, and the next one succeeds', () => {
    const failing = new Failing(variant, 3);
    const { algorithm } = failing;
    using never = keyOf(algorithm, seedOf(1));
    using key = keyOf(algorithm, seedOf(1));
    const root = key.deriveVerificationKey();
    for (const period of periodsOf(algorithm).slice(0, -1)) {
      const bytes = serialised(key);
      for (const move of [() => key.update(), () => key.updateTo(algorithm.totalPeriods - 1)]) {
        failing.at('generate', 1);
        failing.expectFailed(errorOf(move));
        expect(key.period).toBe(period);
        expect(serialised(key)).toEqual(bytes);
        expect(algorithm.verify(root, period, message, key.sign(message))).toBe(true);
      }
      key.update();
      never.update();
      expect(serialised(key)).toEqual(serialised(never));
      expect(key.sign(message)).toEqual(never.sign(message));
    }
  });

  test('that fails at any leaf: generating and reading wipe everything', () => {
    const failing = new Failing(variant, 3);
    const { algorithm } = failing;
    for (let n = 1; n <= algorithm.totalPeriods; n += 1) {
      failing.at('generate', n);
      failing.expectFailed(cleanErrorOf((options) => keyOf(algorithm, seedOf(1), options)));
    }
    using key = keyOf(algorithm, seedOf(1));
    for (const period of periodsOf(algorithm)) {
      if (period > 0) key.update();
      const bytes = serialised(key);
      const calls: [LeafOperation, number][] = [['load', 1]];
      for (let n = 1; period + n < algorithm.totalPeriods; n += 1) calls.push(['generate', n]);
      for (const [operation, n] of calls) {
        failing.at(operation, n);
        failing.expectFailed(cleanErrorOf((options) => keyFrom(algorithm, bytes, options)));
      }
      keyFrom(algorithm, bytes).release();
    }
  });

  test('that fails: signing leaves the key unchanged', () => {
    const failing = new Failing(variant, 2);
    using key = keyOf(failing.algorithm, seedOf(1));
    const bytes = serialised(key);
    failing.at('sign', 1);
    failing.expectFailed(errorOf(() => key.sign(message)));
    expect(serialised(key)).toEqual(bytes);
    expect(key.sign(message).byteLength).toBe(failing.algorithm.signatureSize);
  });
});

test('when scratch memory cannot be reserved nothing is lost, and the next generation succeeds', () => {
  const algorithm = freshAlgorithm('sum', 2);
  const pool = new PooledAllocator();
  const { allocate } = mappingAllocator;
  const scratch = new RecordingAllocator({ allocate: allocate.bind(mappingAllocator) }).failAt(0);
  const generate = () => keyOf(algorithm, seedOf(1), { allocator: pool });
  slotsOf(
    mappingAllocator,
    () => {
      expect(generate).toThrow(scratch.refusal);
      expect(pool.usage().liveSlots).toBe(0);
      generate().release();
    },
    scratch,
  );
  expect(scratch.live).toBe(1);
});
