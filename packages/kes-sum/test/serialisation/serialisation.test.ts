import { directDeserialiseBuf } from '@evolock/direct-serialise';
import { keyAt, keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, errorOf, RecordingAllocator, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { KesPeriodError, pooledAllocator, type KesReadOptions } from '../../src/all.js';
import { algorithms, periodsOf } from '../algorithms.js';

describe.each(algorithms)('$name', (algorithm) => {
  const { signingKeySize, totalPeriods } = algorithm;
  const periods = periodsOf(algorithm);
  const middle = totalPeriods >> 1;

  /** The error of a read; checks that everything was wiped. */
  function refusalOf(bytes: Uint8Array, options?: KesReadOptions) {
    const allocator = new RecordingAllocator(pooledAllocator);
    const error = errorOf(() => keyFrom(algorithm, bytes, { ...options, allocator }));
    allocator.expectClean();
    return error;
  }

  test('is written and read at every period', () => {
    using key = keyOf(algorithm, seedOf(3));
    for (const period of periods) {
      if (period > 0) key.update();
      const bytes = serialised(key);
      // As the first of two values in a buffer.
      const [read, size] = directDeserialiseBuf(Uint8Array.of(...bytes, ...bytes), algorithm);
      using fromPrefix = read;
      expect(size).toBe(signingKeySize);
      using whole = keyFrom(algorithm, bytes);
      for (const each of [fromPrefix, whole]) {
        expect(each.period).toBe(period);
        expect(serialised(each)).toEqual(bytes);
        expect(each.deriveVerificationKey()).toEqual(key.deriveVerificationKey());
      }
    }
  });

  test('copies of the blocks are pushed: writing to them does not change the key', () => {
    using key = keyOf(algorithm, seedOf(3));
    const bytes = serialised(key);
    const signature = key.sign(bytes);
    let block = 0;
    key.directSerialise((memory) => {
      if (block >= 1 && block % 3 !== 1) memory.fill(0xff);
      block += 1;
    });
    expect(serialised(key)).toEqual(bytes);
    expect(key.sign(bytes)).toEqual(signature);
  });

  test('a key that is not at options.period is refused, with the outermost level that differs', () => {
    using key = keyAt(algorithm, seedOf(6), middle);
    const bytes = serialised(key);
    keyFrom(algorithm, bytes, { period: middle }).release();
    for (const period of periods.filter((one) => one !== middle)) {
      const error = refusalOf(bytes, { period });
      expect(error).toBeInstanceOf(KesPeriodError);
      expect(error).toMatchObject({
        code: 'ERR_EVOLOCK_KES_PERIOD',
        argument: 'options.period',
        period,
        level: Math.floor(Math.log2(period ^ middle)) + 1,
      });
    }
  });

  test('options are read before the first block is pulled', () => {
    using key = keyOf(algorithm, seedOf(6));
    const bytes = serialised(key);
    // A Buffer, whose slice is not a copy.
    const verificationKey = Buffer.from(key.deriveVerificationKey());
    let offset = 0;
    const pull = (block: Uint8Array) => {
      verificationKey.fill(0);
      block.set(bytes.subarray(offset, (offset += block.length)));
    };
    algorithm.directDeserialise(pull, { verificationKey }).release();
    expect(offset).toBe(signingKeySize);
    for (const options of [
      { period: 0.5 },
      { period: -1 },
      { period: totalPeriods },
      { period: 2 ** 32 },
      { verificationKey: new Uint8Array(31) },
    ]) {
      expect(codeOf(() => algorithm.directDeserialise(pull, options))).toMatch(/^ERR_EVOLOCK_/);
    }
    expect(offset).toBe(signingKeySize);
  });
});
