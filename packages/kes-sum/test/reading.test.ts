import { describe, expect, test } from 'vitest';
import { KesPeriodError } from '../src/index.js';
import { algorithms, periodsOf } from './algorithms.js';
import { RecordingAllocator } from './recording-allocator.js';
import { codeOf, keyAt, keyFrom, keyOf, seedOf, serialised } from './signing-keys.js';

const message = Uint8Array.of(1, 2, 3);

describe.each(algorithms)('$name', (algorithm) => {
  const periods = periodsOf(algorithm);

  test('reads a key at any period, inferred, and the key goes on exactly as the original', () => {
    using key = keyOf(algorithm, seedOf(6));
    const signatures: Uint8Array[] = [];
    const forms: Uint8Array[] = [];
    for (const period of periods) {
      if (period > 0) key.update();
      signatures.push(key.sign(message));
      forms.push(serialised(key));
    }
    // At depth 7 every eighth period is enough: from each of them the key lives to its end.
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

  test('refuses a key that stands at another period than stated, and leaves nothing of it', () => {
    const period = Math.floor(algorithm.totalPeriods / 2);
    using key = keyAt(algorithm, seedOf(6), period);
    const bytes = serialised(key);
    for (const stated of [...periods, -1, algorithm.totalPeriods, 2 ** 32 + period, 1e300]) {
      const allocator = new RecordingAllocator();
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
      }
      expect([allocator.live, allocator.unwiped]).toEqual([0, 0]);
    }
  });

  test.each([0.5, NaN, Infinity, '0', 0n, null, {}])('refuses %s as a stated period', (value) => {
    using key = keyOf(algorithm, seedOf(6));
    const period = value as number;
    expect(() => keyFrom(algorithm, serialised(key), { period })).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument: 'options.period' }),
    );
  });

  test('pulls nothing when the stated period is one that it does not have', () => {
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
