import {
  directDeserialiseBuf,
  directDeserialiseFromChecked,
  directSerialiseBuf,
  directSerialiseBufChecked,
  directSerialiseTo,
} from '@evolock/direct-serialise';
import { blocksOf, keyAt, keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, errorOf, RecordingAllocator, seedOf, seeds } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KesPeriodError, pooledAllocator, type KesReadOptions } from '../../src/index.js';
import { algorithms, evolving, periodsOf } from '../algorithms.js';

describe.each(algorithms)('$name', (algorithm) => {
  const { depth, signingKeySize, totalPeriods } = algorithm;
  const periods = periodsOf(algorithm);
  const middle = totalPeriods >> 1;

  /** The error of a read; checks that everything was wiped. */
  function refusalOf(bytes: Uint8Array, options?: KesReadOptions) {
    const allocator = new RecordingAllocator(pooledAllocator);
    const error = errorOf(() => keyFrom(algorithm, bytes, { ...options, allocator }));
    allocator.expectClean();
    return error;
  }

  test('has the stated sizes, and is written and read in every way, at every period', () => {
    using key = keyOf(algorithm, seedOf(3));
    for (const period of periods) {
      if (period > 0) key.update();
      const bytes = serialised(key);
      expect(bytes.byteLength).toBe(32 + 96 * depth);
      const blocks = blocksOf(key);
      expect(blocks.map((block) => block.byteLength)).toEqual(Array(1 + 3 * depth).fill(32));
      expect(new Uint8Array(Buffer.concat(blocks))).toEqual(bytes);
      const written = new Uint8Array(signingKeySize + 1);
      const write = (offset: number, block: Uint8Array) => written.set(block, offset);
      expect(directSerialiseTo(write, written.byteLength, key)).toBe(signingKeySize);
      expect(written.subarray(0, signingKeySize)).toEqual(bytes);
      // As the first value in a buffer.
      const large = new Uint8Array(2 * signingKeySize);
      expect(directSerialiseBuf(large, key)).toBe(signingKeySize);
      expect(large).toEqual(Uint8Array.of(...bytes, ...new Uint8Array(signingKeySize)));

      using fromBuffer = keyFrom(algorithm, bytes);
      // As the first of two values in a buffer.
      const [read, size] = directDeserialiseBuf(Uint8Array.of(...bytes, ...bytes), algorithm);
      using fromPrefix = read;
      expect(size).toBe(signingKeySize);
      const pull = (offset: number, block: Uint8Array) =>
        block.set(bytes.subarray(offset, offset + block.byteLength));
      using fromCallback = directDeserialiseFromChecked(pull, signingKeySize, algorithm);
      for (const each of [fromBuffer, fromPrefix, fromCallback]) {
        expect(each.period).toBe(period);
        expect(serialised(each)).toEqual(bytes);
        expect(each.deriveVerificationKey()).toEqual(key.deriveVerificationKey());
      }
    }
  });

  test('input and output of a wrong length are refused', () => {
    using key = keyAt(algorithm, seedOf(3), totalPeriods - 1);
    const bytes = serialised(key);
    for (const size of [0, 1, 31, signingKeySize - 1, signingKeySize + 1, signingKeySize + 96]) {
      const input = new Uint8Array(size);
      input.set(bytes.subarray(0, size));
      expect(refusalOf(input)['code'], `${size} bytes`).toBe('ERR_EVOLOCK_SIZE_CHECK');
      const output = new Uint8Array(size);
      const write = () => directSerialiseBufChecked(output, key);
      expect(codeOf(write), `${size} bytes`).toBe('ERR_EVOLOCK_SIZE_CHECK');
      expect(output.every((byte) => byte === 0)).toBe(true);
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

test('a key of any seed, period and algorithm is read as it was written', () => {
  const cases = fc
    .constantFrom(...evolving.filter(({ depth }) => depth <= 5))
    .chain((algorithm) => fc.tuple(fc.constant(algorithm), fc.nat(algorithm.totalPeriods - 1)));
  fc.assert(
    fc.property(seeds, cases, (seed, [algorithm, period]) => {
      using key = keyAt(algorithm, seed, period);
      using read = keyFrom(algorithm, serialised(key), { period });
      for (;;) {
        expect(serialised(read)).toEqual(serialised(key));
        expect(read.sign(seed)).toEqual(key.sign(seed));
        if (key.period + 1 === algorithm.totalPeriods) return;
        for (const each of [key, read]) each.update();
      }
    }),
  );
});
