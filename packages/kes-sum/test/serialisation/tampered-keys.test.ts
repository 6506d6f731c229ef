import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { RecordingAllocator, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  InconsistentKeyError,
  pooledAllocator,
  type KesAlgorithm,
  type KesVerificationKey,
} from '../../src/index.js';
import { evolving, isRight, periodsOf } from '../algorithms.js';

/** Offsets within a level: right seed, left verification key, right verification key. */
const SEED = 0;
const LEFT = 32;
const RIGHT = 64;

/** The offset of a field in a serialised key; levels count from 1, next to the leaf. */
function at(level: number, field: number): number {
  return 32 + 96 * (level - 1) + field;
}

/** The verification key of a key, and its serialised form at every period. */
interface Life {
  readonly root: KesVerificationKey;
  readonly forms: readonly Uint8Array[];
}

function lifeOf(algorithm: KesAlgorithm): Life {
  using key = keyOf(algorithm, seedOf(7));
  const forms = periodsOf(algorithm).map((period) => {
    key.updateTo(period);
    return serialised(key);
  });
  return { root: key.deriveVerificationKey(), forms };
}

describe.each(evolving.filter(({ depth }) => depth <= 6))('$name', (algorithm) => {
  const { depth } = algorithm;
  const levels = Array.from({ length: depth }, (_, index) => index + 1);
  let made: Life | undefined;
  // Lazily: mutation testing counts code that runs outside of tests for all tests.
  const life = () => (made ??= lifeOf(algorithm));
  // Every period of small algorithms; the periods around the boundaries of large ones.
  const last = algorithm.totalPeriods - 1;
  const tried = periodsOf(algorithm).filter(
    (period) =>
      depth <= 4 || [0, 1, 2, 5, last / 2 - 0.5, last / 2 + 0.5, last - 1, last].includes(period),
  );

  /** The error of reading a key with one changed byte, as `level half`; `undefined` when it is read. */
  function verdictOn(period: number, offset: number): string | undefined {
    const bytes = life().forms[period]!.slice();
    bytes[offset]! ^= 0x40;
    const allocator = new RecordingAllocator(pooledAllocator);
    try {
      keyFrom(algorithm, bytes, { allocator }).release();
      return undefined;
    } catch (error) {
      if (!(error instanceof InconsistentKeyError)) throw error;
      expect(error.code).toBe('ERR_EVOLOCK_KES_INCONSISTENT_KEY');
      return `${error.level} ${error.half}`;
    } finally {
      expect([allocator.live, allocator.unwiped]).toEqual([0, 0]);
    }
  }

  test('names the level and half of every changed verification key that can be recomputed', () => {
    for (const period of tried) {
      for (const level of levels) {
        const onTheRight = isRight(period, level - 1);
        for (const byte of [0, 17, 31]) {
          const what = `period ${period}, level ${level}, byte ${byte}`;
          expect(verdictOn(period, at(level, RIGHT) + byte), what).toBe(`${level} right`);
          if (!onTheRight) {
            expect(verdictOn(period, at(level, LEFT) + byte), what).toBe(`${level} left`);
          }
        }
      }
    }
  });

  test('names the level above for a changed left verification key whose periods are past', () => {
    for (const period of tried) {
      for (const level of levels.slice(0, -1).filter((one) => isRight(period, one - 1))) {
        const half = isRight(period, level) ? 'right' : 'left';
        const verdict = verdictOn(period, at(level, LEFT) + 3);
        expect(verdict, `period ${period}, level ${level}`).toBe(`${level + 1} ${half}`);
      }
    }
  });

  test('has another verification key when the outermost past left verification key is changed', () => {
    const { root } = life();
    for (const period of tried.filter((one) => isRight(one, depth - 1))) {
      const bytes = life().forms[period]!.slice();
      bytes[at(depth, LEFT)]! ^= 0x40;
      using read = keyFrom(algorithm, bytes);
      expect(read.deriveVerificationKey()).not.toEqual(root);
      const message = Uint8Array.of(1);
      expect(algorithm.verify(root, period, message, read.sign(message))).toBe(false);
      // With options.verificationKey it is refused.
      expect(() => keyFrom(algorithm, bytes, { verificationKey: root })).toThrow(
        expect.objectContaining({ code: 'ERR_EVOLOCK_KES_OTHER_KEY', level: depth }),
      );
    }
  });

  test('names the wrong level also with options.verificationKey', () => {
    const { root } = life();
    for (const level of levels) {
      const bytes = life().forms[0]!.slice();
      bytes[at(level, RIGHT)]! ^= 0x40;
      expect(() => keyFrom(algorithm, bytes, { verificationKey: root })).toThrow(
        expect.objectContaining({ code: 'ERR_EVOLOCK_KES_INCONSISTENT_KEY', level }),
      );
    }
  });

  test('names the level of a changed live seed', () => {
    for (const period of tried) {
      for (const level of levels.filter((one) => !isRight(period, one - 1))) {
        for (const byte of [0, 31]) {
          const verdict = verdictOn(period, at(level, SEED) + byte);
          expect(verdict, `period ${period}, level ${level}`).toBe(`${level} right`);
        }
      }
    }
  });

  test('names level 1 for a changed leaf', () => {
    for (const period of tried) {
      const half = isRight(period, 0) ? 'right' : 'left';
      for (const byte of [0, 31]) {
        expect(verdictOn(period, byte), `period ${period}`).toBe(`1 ${half}`);
      }
    }
  });

  test('names the level of a used seed that is not zero, and of an unused seed that is zero', () => {
    for (const period of tried) {
      for (const level of levels) {
        const what = `period ${period}, level ${level}`;
        if (isRight(period, level - 1)) {
          expect(verdictOn(period, at(level, SEED)), what).toBe(`${level} left`);
        } else {
          const bytes = life().forms[period]!.slice().fill(0, at(level, SEED), at(level, LEFT));
          expect(() => keyFrom(algorithm, bytes), what).toThrow(
            expect.objectContaining({
              code: 'ERR_EVOLOCK_KES_INCONSISTENT_KEY',
              level,
              half: 'right',
            }),
          );
        }
      }
    }
  });

  test('refuses the leaf of another period', () => {
    const bytes = life().forms[0]!.slice();
    bytes.set(life().forms[1]!.subarray(0, 32));
    expect(() => keyFrom(algorithm, bytes)).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_KES_INCONSISTENT_KEY', level: 1, half: 'left' }),
    );
  });

  test('refuses a key of zeros', () => {
    expect(() => keyFrom(algorithm, new Uint8Array(algorithm.signingKeySize))).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_KES_INCONSISTENT_KEY' }),
    );
  });

  test('the error shows no content of the key', () => {
    const bytes = life().forms[0]!.slice();
    bytes[at(1, LEFT)]! ^= 1;
    try {
      keyFrom(algorithm, bytes);
      expect.fail('was read');
    } catch (error) {
      const { message } = error as Error;
      expect(message).toMatch(/left half at level 1/);
      expect(message).not.toContain(Buffer.from(bytes.subarray(0, 4)).toString('hex'));
    }
  });
});
