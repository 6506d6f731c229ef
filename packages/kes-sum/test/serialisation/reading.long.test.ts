import { keyAt, keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { KesPeriodError, pooledAllocator } from '../../src/index.js';
import { algorithms, periodsOf } from '../algorithms.js';

const message = Uint8Array.of(1, 2, 3);

/** Two copies of bytes: one bit of the first and of the last byte is changed. */
function flipped(bytes: Uint8Array): Uint8Array[] {
  return [0, bytes.length - 1].map((index) => bytes.with(index, bytes[index]! ^ 1));
}

describe.each(algorithms)('$name', (algorithm) => {
  const periods = periodsOf(algorithm);

  test('reads a key at any period, and it evolves like the original', () => {
    using key = keyOf(algorithm, seedOf(6));
    const signatures: Uint8Array[] = [];
    const forms: Uint8Array[] = [];
    for (const period of periods) {
      if (period > 0) key.update();
      signatures.push(key.sign(message));
      forms.push(serialised(key));
    }
    // At depth 7 every eighth period is enough: each key evolves to its last period.
    const starts = periods.filter((period) => periods.length < 128 || period % 8 === 7);
    for (const start of starts) {
      using read = keyFrom(algorithm, forms[start]!);
      expect(read.period).toBe(start);
      for (const period of periods.slice(start)) {
        if (period > start) read.update();
        expect(read.sign(message)).toEqual(signatures[period]);
        expect(serialised(read)).toEqual(forms[period]);
      }
      expect(codeOf(() => read.update())).toBe('ERR_EVOLOCK_KES_LAST_PERIOD');
    }
  });

  test('refuses a key that is not at options.period, and wipes everything', () => {
    const period = Math.floor(algorithm.totalPeriods / 2);
    using key = keyAt(algorithm, seedOf(6), period);
    const bytes = serialised(key);
    for (const stated of [...periods, -1, algorithm.totalPeriods, 2 ** 32 + period, 1e300]) {
      const allocator = new RecordingAllocator(pooledAllocator);
      const read = () => keyFrom(algorithm, bytes, { period: stated, allocator }).release();
      if (stated === period) {
        read();
      } else {
        let thrown: unknown;
        try {
          read();
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBeInstanceOf(KesPeriodError);
        expect(thrown).toMatchObject({ code: 'ERR_EVOLOCK_KES_PERIOD', period: stated });
        // The outermost level that differs; `undefined` when the algorithm does not have the period.
        const different = periods.includes(stated)
          ? Math.floor(Math.log2(stated ^ period)) + 1
          : undefined;
        expect((thrown as KesPeriodError).level).toBe(different);
        if (different === undefined && periods.length > 1) {
          expect((thrown as Error).message).toContain(`from 0 to ${algorithm.totalPeriods - 1}`);
        }
      }
      expect([allocator.live, allocator.unwiped]).toEqual([0, 0]);
    }
  });

  test.each([0.5, NaN, Infinity, '0', 0n, null, {}])('refuses %s as options.period', (value) => {
    using key = keyOf(algorithm, seedOf(6));
    const period = value as number;
    expect(() => keyFrom(algorithm, serialised(key), { period })).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument: 'options.period' }),
    );
  });

  test('reads a key with its own options.verificationKey only, at any period', () => {
    using key = keyOf(algorithm, seedOf(6));
    using other = keyOf(algorithm, seedOf(7));
    const verificationKey = key.deriveVerificationKey();
    for (const period of [0, algorithm.totalPeriods >> 1, algorithm.totalPeriods - 1]) {
      key.updateTo(period);
      keyFrom(algorithm, serialised(key), { verificationKey }).release();
      for (const wrong of [other.deriveVerificationKey(), ...flipped(verificationKey)]) {
        const allocator = new RecordingAllocator(pooledAllocator);
        const options = { verificationKey: wrong, allocator };
        expect(() => keyFrom(algorithm, serialised(key), options)).toThrow(
          expect.objectContaining({
            code: 'ERR_EVOLOCK_KES_OTHER_KEY',
            name: 'OtherKeyError',
            level: algorithm.depth,
          }),
        );
        expect([allocator.live, allocator.unwiped]).toEqual([0, 0]);
      }
    }
  });

  test('copies options.verificationKey before the first block is pulled', () => {
    using key = keyOf(algorithm, seedOf(6));
    const verificationKey = key.deriveVerificationKey();
    const bytes = serialised(key);
    let offset = 0;
    using read = algorithm.directDeserialise(
      (block) => {
        verificationKey.fill(0);
        block.set(bytes.subarray(offset, offset + block.length));
        offset += block.length;
      },
      { verificationKey },
    );
    expect(read.deriveVerificationKey()).toEqual(key.deriveVerificationKey());
  });

  test.each([null, 'key', {}, new ArrayBuffer(32), Array.from({ length: 32 }, () => 0)])(
    'refuses %o as options.verificationKey before it pulls a block',
    (value) => {
      const verificationKey: Uint8Array = wrongly(value);
      let pulled = 0;
      const read = () => algorithm.directDeserialise(() => void (pulled += 1), { verificationKey });
      expect(read).toThrow(
        expect.objectContaining({
          code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
          argument: 'options.verificationKey',
        }),
      );
      const short = () =>
        algorithm.directDeserialise(() => void (pulled += 1), {
          verificationKey: new Uint8Array(31),
        });
      expect(codeOf(short)).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
      expect(pulled).toBe(0);
    },
  );

  test('pulls no block when options.period is not a period of the algorithm', () => {
    let pulled = 0;
    const pull = () => {
      pulled += 1;
    };
    for (const period of [-1, algorithm.totalPeriods]) {
      const read = () => algorithm.directDeserialise(pull, { period });
      expect(codeOf(read)).toBe('ERR_EVOLOCK_KES_PERIOD');
    }
    expect(pulled).toBe(0);
  });
});
