import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { KesPeriodError, LastPeriodError, pooledAllocator } from '../src/index.js';
import { algorithms } from './algorithms.js';

const message = Uint8Array.of(1, 2, 3);

describe.each(algorithms)('$name', (algorithm) => {
  test('update throws, and the key still signs', () => {
    using key = keyOf(algorithm, seedOf(1));
    const before = key.sign(message);
    let thrown: unknown;
    try {
      key.update();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(LastPeriodError);
    expect(thrown).toMatchObject({ code: 'ERR_EVOLOCK_KES_LAST_PERIOD', period: 0 });
    expect(key.released).toBe(false);
    expect(key.period).toBe(0);
    expect(key.sign(message)).toEqual(before);
  });

  test.each([1, 2, -1, 2 ** 31, 2 ** 32, 2 ** 53, 1e300, -1e300])(
    'verify is false at period %s',
    (period) => {
      using key = keyOf(algorithm, seedOf(1));
      const signature = key.sign(message);
      const verificationKey = key.deriveVerificationKey();
      expect(algorithm.verify(verificationKey, 0, message, signature)).toBe(true);
      expect(algorithm.verify(verificationKey, period, message, signature)).toBe(false);
    },
  );

  test.each([0.5, NaN, Infinity, -Infinity, '0', 0n, null, undefined, {}])(
    'refuses %s as a period and names the argument',
    (value) => {
      using key = keyOf(algorithm, seedOf(1));
      const period = value as number;
      const verify = () =>
        algorithm.verify(key.deriveVerificationKey(), period, message, key.sign(message));
      expect(verify).toThrow(
        expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument: 'period' }),
      );
      if (period === undefined) return;
      const read = () => keyFrom(algorithm, serialised(key), { period });
      expect(read).toThrow(
        expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument: 'options.period' }),
      );
    },
  );

  test('reads a key with its own options.verificationKey only', () => {
    using key = keyOf(algorithm, seedOf(1));
    const verificationKey = key.deriveVerificationKey();
    keyFrom(algorithm, serialised(key), { verificationKey }).release();
    for (const index of [0, verificationKey.length - 1]) {
      const wrong = verificationKey.with(index, verificationKey[index]! ^ 1);
      const allocator = new RecordingAllocator(pooledAllocator);
      const read = () => keyFrom(algorithm, serialised(key), { verificationKey: wrong, allocator });
      expect(read).toThrow(
        expect.objectContaining({ code: 'ERR_EVOLOCK_KES_OTHER_KEY', level: 0 }),
      );
      expect([allocator.live, allocator.unwiped]).toEqual([0, 0]);
    }
    // Also if it is a Buffer, whose slice is not a copy: it is copied before the first block is pulled.
    const buffer = Buffer.from(verificationKey);
    const bytes = serialised(key);
    algorithm
      .directDeserialise(
        (block) => {
          buffer.fill(0);
          block.set(bytes);
        },
        { verificationKey: buffer },
      )
      .release();
    for (const size of [0, 31, 33]) {
      const read = () =>
        keyFrom(algorithm, serialised(key), { verificationKey: new Uint8Array(size) });
      expect(codeOf(read)).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
    }
  });

  test('reads a key at period 0 only', () => {
    using key = keyOf(algorithm, seedOf(1));
    for (const period of [0, undefined]) {
      using read = keyFrom(algorithm, serialised(key), { period });
      expect(read.period).toBe(0);
    }
    for (const period of [1, -1, 2 ** 32, 1e300]) {
      const pulled: number[] = [];
      const read = () =>
        algorithm.directDeserialise((block) => pulled.push(block.byteLength), { period });
      expect(codeOf(read)).toBe('ERR_EVOLOCK_KES_PERIOD');
      expect(read).toThrow(KesPeriodError);
      expect(pulled).toEqual([]);
    }
  });
});

test.each(algorithms)('updateTo of a $name key accepts period 0 only', (algorithm) => {
  using key = keyOf(algorithm, seedOf(1));
  const bytes = serialised(key);
  key.updateTo(0);
  for (const period of [1, -1, 2 ** 32, 1e300]) {
    expect(codeOf(() => key.updateTo(period))).toBe('ERR_EVOLOCK_KES_PERIOD');
  }
  for (const period of [0.5, NaN, '0', 0n, null, undefined]) {
    expect(codeOf(() => key.updateTo(period as number))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  }
  expect(key.period).toBe(0);
  expect(serialised(key)).toEqual(bytes);
});
