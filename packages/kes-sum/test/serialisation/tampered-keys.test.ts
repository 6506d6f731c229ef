import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { errorOf, RecordingAllocator, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { InconsistentKeyError, pooledAllocator, type KesReadOptions } from '../../src/all.js';
import { evolving, isRight, periodsOf } from '../algorithms.js';

/** Bytes of a field of a serialised key, and of each seed and verification key. */
const SIZE = 32;

describe.each(evolving.filter(({ depth }) => depth <= 6))('$name', (algorithm) => {
  const { depth, totalPeriods } = algorithm;
  // Every period of small algorithms; the periods around the boundaries of large ones.
  const [half, last] = [totalPeriods / 2, totalPeriods - 1];
  const boundaries = new Set([0, 1, 2, 5, half - 1, half, last - 1, last]);
  const tried = periodsOf(algorithm).filter((period) => depth <= 4 || boundaries.has(period));
  let forms: Map<number, Uint8Array> | undefined;

  // Made by the first test that needs them.
  function formAt(period: number): Uint8Array {
    if (forms === undefined) {
      using key = keyOf(algorithm, seedOf(7));
      const made = periodsOf(algorithm).map((each) => {
        key.updateTo(each);
        return [each, serialised(key)] as const;
      });
      forms = new Map(made);
    }
    return forms.get(period)!.slice();
  }

  /** The error of a read; checks that everything was wiped. */
  function refusalOf(bytes: Uint8Array, options?: KesReadOptions) {
    const allocator = new RecordingAllocator(pooledAllocator);
    const error = errorOf(() => keyFrom(algorithm, bytes, { ...options, allocator }));
    allocator.expectClean();
    return error;
  }

  /** The level and half that reading names. */
  function verdictOn(bytes: Uint8Array, options?: KesReadOptions): string {
    const error = refusalOf(bytes, options);
    expect(error).toBeInstanceOf(InconsistentKeyError);
    expect(error['code']).toBe('ERR_EVOLOCK_KES_INCONSISTENT_KEY');
    expect(error.message).not.toContain(Buffer.from(bytes.subarray(0, 4)).toString('hex'));
    return `${String(error['level'])} ${String(error['half'])}`;
  }

  /**
   * What reading names when a field is changed: the leaf, or the seed, left or right verification key of a level, counted
   * from 1 next to the leaf. `undefined` for the outermost past left verification key, which the key alone cannot show.
   */
  function expectedAt(period: number, level: number, field: string): string | undefined {
    const sideAt = (one: number) => (isRight(period, one - 1) ? 'right' : 'left');
    if (level === 0) return `1 ${sideAt(1)}`;
    if (sideAt(level) === 'left') return `${level} ${field === 'left' ? 'left' : 'right'}`;
    // A used seed that is not zero puts the key at an earlier period.
    if (field === 'seed') return `${level} left`;
    if (field === 'right') return `${level} right`;
    // A left half that is past: the hash of the level above covers it.
    return level === depth ? undefined : `${level + 1} ${sideAt(level + 1)}`;
  }

  const fields = [
    { level: 0, field: 'leaf', offset: 0 },
    ...Array.from({ length: depth }, (_, index) =>
      ['seed', 'left', 'right'].map((field, place) => {
        return { level: index + 1, field, offset: SIZE * (1 + 3 * index + place) };
      }),
    ).flat(),
  ];

  test('reading names the level and half of every changed field that can be recomputed', () => {
    for (const period of tried) {
      for (const { level, field, offset } of fields) {
        const expected = expectedAt(period, level, field);
        if (expected === undefined) continue;
        for (const byte of [0, 17, 31]) {
          const bytes = formAt(period);
          bytes[offset + byte]! ^= 0x40;
          const what = `period ${period}, ${field} of level ${level}, byte ${byte}`;
          expect(verdictOn(bytes), what).toBe(expected);
        }
        if (field === 'seed' && !isRight(period, level - 1)) {
          const bytes = formAt(period).fill(0, offset, offset + SIZE);
          expect(verdictOn(bytes), `period ${period}, no seed of level ${level}`).toBe(expected);
        }
      }
    }
  });

  test('a key whose outermost past half was changed has another verification key', () => {
    const message = Uint8Array.of(1);
    using key = keyOf(algorithm, seedOf(7));
    const verificationKey = key.deriveVerificationKey();
    for (const period of tried.filter((one) => one >= half)) {
      const bytes = formAt(period);
      bytes[SIZE * (3 * depth - 1)]! ^= 0x40;
      using read = keyFrom(algorithm, bytes);
      expect(algorithm.verify(verificationKey, period, message, read.sign(message))).toBe(false);
      // With options.verificationKey it is refused.
      expect(refusalOf(bytes, { verificationKey })).toMatchObject({
        code: 'ERR_EVOLOCK_KES_OTHER_KEY',
        name: 'OtherKeyError',
        level: depth,
      });
    }
    // Another changed field is named, also with options.verificationKey.
    const changed = formAt(0);
    changed[SIZE * 3 * depth]! ^= 0x40;
    expect(verdictOn(changed, { verificationKey })).toBe(`${depth} right`);
  });

  test('the leaf of another period and a key of zeros are refused', () => {
    const bytes = formAt(0);
    bytes.set(formAt(1).subarray(0, SIZE));
    expect(verdictOn(bytes)).toBe('1 left');
    verdictOn(new Uint8Array(algorithm.signingKeySize));
  });
});
