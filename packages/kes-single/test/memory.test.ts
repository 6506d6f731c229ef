// The locked memory of keys: where it comes from, and that nothing is left of a key or of an operation that fails.
import { describeReleasedKeys, keyFrom, keyOf, serialised } from '@evolock/test-keys';
import {
  errorOf,
  type LeafOperation,
  RecordingAllocator,
  renderingsOf,
  seedOf,
  slotsOf,
  spellingsOf,
  toyDsign,
  toySigningKey,
} from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  compactSingleKes,
  MLockedSeed,
  pooledAllocator,
  PooledAllocator,
  singleKes,
  type AllocationOptions,
  type KesAlgorithm,
} from '../src/index.js';
import { algorithms } from './algorithms.js';

describe.each(algorithms)('$name', (algorithm) => {
  /** Everything that makes a key. */
  const makers: [string, (options: AllocationOptions) => { release(): void }][] = [
    ['generateKey', (options) => keyOf(algorithm, seedOf(1), options)],
    [
      'directDeserialise',
      (options) => {
        using key = keyOf(algorithm, seedOf(1));
        return keyFrom(algorithm, serialised(key), options);
      },
    ],
    [
      'clone',
      (options) => {
        using key = keyOf(algorithm, seedOf(1));
        return key.clone(options);
      },
    ],
  ];

  test.each(makers)('%s wipes everything when any of its allocations fails', (_, make) => {
    const log = new RecordingAllocator(pooledAllocator);
    make({ allocator: log }).release();
    log.expectClean();
    expect(log.allocations).toBeGreaterThan(0);
    for (let n = 0; n < log.allocations; n += 1) {
      const allocator = new RecordingAllocator(pooledAllocator).failAt(n);
      const before = pooledAllocator.usage().liveSlots;
      expect(errorOf(() => make({ allocator }))).toBe(allocator.refusal);
      allocator.expectClean();
      expect(pooledAllocator.usage().liveSlots).toBe(before);
    }
  });

  test('uses the given allocator only, and leaves the seed as it was', () => {
    const pool = new PooledAllocator();
    using seed = MLockedSeed.fromBytes(seedOf(1));
    using same = MLockedSeed.fromBytes(seedOf(1));
    using key = algorithm.generateKey(seed);
    const bytes = serialised(key);
    const elsewhere = slotsOf(pooledAllocator, () => {
      algorithm.generateKey(seed, { allocator: pool }).release();
      keyFrom(algorithm, bytes, { allocator: pool }).release();
      key.clone({ allocator: pool }).release();
    });
    expect(elsewhere.slots).toEqual([]);
    expect(pool.usage().regions).toBeGreaterThan(0);
    expect(pool.usage().liveSlots).toBe(0);
    expect(seed.equals(same)).toBe(true);
  });

  test('wipes everything when the pull throws, and throws its error', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const broken = new Error('broken pipe');
    const pull = (block: Uint8Array) => {
      block.fill(1);
      throw broken;
    };
    expect(errorOf(() => algorithm.directDeserialise(pull, { allocator }))).toBe(broken);
    expect(allocator.slots.length).toBeGreaterThan(0);
    allocator.expectClean();
  });

  test('the locked memory of a key begins with its seed', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    using key = keyOf(algorithm, seedOf(1), { allocator });
    expect(key.released).toBe(false);
    expect(new Uint8Array(allocator.slots[0]!.bytes.subarray(0, 32))).toEqual(seedOf(1));
  });

  test('no way of printing a key shows a part of its seed', () => {
    using key = keyOf(algorithm, seedOf(13));
    const renderings = renderingsOf(key);
    for (const [way, text] of renderings) {
      for (const spelling of spellingsOf(seedOf(13))) expect(text, way).not.toContain(spelling);
    }
    for (const way of ['inspect', 'text']) {
      expect(renderings.get(way)).toContain('[SingleKesSigningKey: ');
    }
    expect(Reflect.ownKeys(key)).toEqual([]);
  });
});

describeReleasedKeys(algorithms, pooledAllocator);

describe.each([
  ['singleKes', singleKes],
  ['compactSingleKes', compactSingleKes],
])('%s over a leaf scheme that fails', (_, construct) => {
  const failing = (operation?: LeafOperation): KesAlgorithm =>
    construct(
      toyDsign((now) => {
        if (now === operation) throw new Error(`toy: ${operation} failed`);
      }),
    );

  function cleanErrorOf(run: (options: AllocationOptions) => unknown): string {
    const allocator = new RecordingAllocator(pooledAllocator);
    const { message } = errorOf(() => run({ allocator }));
    expect(allocator.slots.length).toBeGreaterThan(0);
    allocator.expectClean();
    return message;
  }

  test('wipes everything when generate or load fails', () => {
    const bytes = toySigningKey(seedOf(1));
    const generate = (options: AllocationOptions) => keyOf(failing('generate'), seedOf(1), options);
    expect(cleanErrorOf(generate)).toBe('toy: generate failed');
    const load = (options: AllocationOptions) => keyFrom(failing('load'), bytes, options);
    expect(cleanErrorOf(load)).toBe('toy: load failed');
    const damaged = bytes.with(39, bytes[39]! ^ 1);
    const refused = (options: AllocationOptions) => keyFrom(failing(), damaged, options);
    expect(cleanErrorOf(refused)).toBe('toy: the checksum is wrong');
  });

  test('keeps the key when sign fails', () => {
    using key = keyOf(failing('sign'), seedOf(1));
    expect(() => key.sign(Uint8Array.of(1))).toThrow('sign failed');
    expect(key.released).toBe(false);
  });
});
