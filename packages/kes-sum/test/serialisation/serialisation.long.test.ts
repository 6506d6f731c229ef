import {
  directDeserialiseBuf,
  directDeserialiseBufChecked,
  directDeserialiseFromChecked,
  directSerialiseBuf,
  directSerialiseBufChecked,
  directSerialiseTo,
} from '@evolock/direct-serialise';
import { blocksOf, keyAt, keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf, seeds } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pooledAllocator } from '../../src/index.js';
import { algorithms, evolving, periodsOf } from '../algorithms.js';

describe.each(algorithms)('$name', (algorithm) => {
  const { depth, signingKeySize } = algorithm;

  test('has the stated sizes at every period, and all ways of serialising agree', () => {
    using key = keyOf(algorithm, seedOf(3));
    for (const period of periodsOf(algorithm)) {
      if (period > 0) key.update();
      const bytes = serialised(key);
      expect(bytes.byteLength).toBe(32 + 96 * depth);
      expect(key.sign(bytes).byteLength).toBe(algorithm.signatureSize);
      expect(key.deriveVerificationKey().byteLength).toBe(32);
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
    }
  });

  test('reads what it wrote, in every way, at every period', () => {
    using key = keyOf(algorithm, seedOf(3));
    for (const period of periodsOf(algorithm)) {
      if (period > 0) key.update();
      const bytes = serialised(key);
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

  test('refuses input and output of a wrong length, and wipes everything', () => {
    using key = keyAt(algorithm, seedOf(3), algorithm.totalPeriods - 1);
    const bytes = serialised(key);
    const sizes = [0, 1, 31, signingKeySize - 1, signingKeySize + 1, signingKeySize + 96];
    for (const size of sizes) {
      const allocator = new RecordingAllocator(pooledAllocator);
      const input = new Uint8Array(size);
      input.set(bytes.subarray(0, size));
      const read = () => directDeserialiseBufChecked(input, algorithm, { allocator });
      expect(codeOf(read), `${size} bytes`).toBe('ERR_EVOLOCK_SIZE_CHECK');
      expect([allocator.live, allocator.unwiped]).toEqual([0, 0]);
      const output = new Uint8Array(size);
      const write = () => directSerialiseBufChecked(output, key);
      expect(codeOf(write), `${size} bytes`).toBe('ERR_EVOLOCK_SIZE_CHECK');
      expect(output.every((byte) => byte === 0)).toBe(true);
    }
  });

  test('pushes copies of its blocks: writing to them does not change the key', () => {
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
});

test('a key of any seed, period and algorithm is read as it was written', () => {
  const cases = fc
    .constantFrom(...evolving.filter(({ depth }) => depth <= 5))
    .chain((algorithm) =>
      fc.tuple(fc.constant(algorithm), fc.nat({ max: algorithm.totalPeriods - 1 })),
    );
  fc.assert(
    fc.property(seeds, cases, (seed, [algorithm, period]) => {
      using key = keyAt(algorithm, seed, period);
      using read = keyFrom(algorithm, serialised(key), { period });
      expect(serialised(read)).toEqual(serialised(key));
      expect(read.sign(seed)).toEqual(key.sign(seed));
    }),
  );
});
