import fc from 'fast-check';
import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { keyAt, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  type KesAlgorithm,
  pooledAllocator,
  rustSigningKey,
  rustSigningKeyType,
  sum3Kes,
} from '../../src/index.js';
import { unsoundFromRaw, unsoundRawSigningKey } from '../../src/unsound.js';
import { algorithms } from '../algorithms.js';

function formOf(algorithm: KesAlgorithm, period: number): Uint8Array {
  const bytes = new Uint8Array(rustSigningKeyType(algorithm).size);
  using key = keyAt(algorithm, seedOf(1), period);
  directSerialiseBufChecked(bytes, rustSigningKey(key));
  return bytes;
}

function stating(period: number, stated: number): Uint8Array {
  const bytes = formOf(sum3Kes, period);
  new DataView(bytes.buffer).setUint32(bytes.length - 4, stated);
  return bytes;
}

const type = rustSigningKeyType(sum3Kes);

describe('the Rust form', () => {
  test.each(algorithms)('of $name brings a key back at its period', (algorithm) => {
    const last = algorithm.totalPeriods - 1;
    for (const period of new Set([0, last >> 1, last])) {
      const bytes = formOf(algorithm, period);
      using key = directDeserialiseBufChecked(bytes, rustSigningKeyType(algorithm));
      using original = keyAt(algorithm, seedOf(1), period);
      expect(key.period).toBe(period);
      expect(serialised(key)).toEqual(serialised(original));
    }
  });

  test('is the key, then the period', () => {
    using key = keyAt(sum3Kes, seedOf(1), 5);
    expect([...formOf(sum3Kes, 5)]).toEqual([...serialised(key), 0, 0, 0, 5]);
  });

  test('is refused when it states a period that is not the period of the key; everything is wiped', () => {
    fc.assert(
      fc.property(fc.nat({ max: 7 }), fc.nat({ max: 0xffff_ffff }), (period, stated) => {
        fc.pre(period !== stated);
        const allocator = new RecordingAllocator(pooledAllocator);
        const read = () =>
          directDeserialiseBufChecked(stating(period, stated), type, { allocator });
        expect(codeOf(read)).toBe('ERR_EVOLOCK_KES_PERIOD');
        expect(allocator.live).toBe(0);
      }),
    );
  });

  test.each([
    [4, 1],
    [7, 2],
    [1, 3],
    [8, undefined],
    [0xffff_ffff, undefined],
  ])('that states period %i in place of 5 is refused with level %s', (stated, level) => {
    expect(() => directDeserialiseBufChecked(stating(5, stated), type)).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_KES_PERIOD', level }),
    );
  });

  test('is read with the options of the algorithm', () => {
    const bytes = formOf(sum3Kes, 5);
    using key = keyOf(sum3Kes, seedOf(1));
    const verificationKey = key.deriveVerificationKey();
    directDeserialiseBufChecked(bytes, type, { verificationKey, period: 5 }).release();
    verificationKey[31]! ^= 1;
    const allocator = new RecordingAllocator(pooledAllocator);
    const read = (options: object) =>
      codeOf(() => directDeserialiseBufChecked(bytes, type, { ...options, allocator }));
    expect(read({ verificationKey })).toBe('ERR_EVOLOCK_KES_OTHER_KEY');
    expect(read({ period: 4 })).toBe('ERR_EVOLOCK_KES_PERIOD');
    expect(allocator.slots).not.toEqual([]);
    expect(allocator.live).toBe(0);
  });

  test('that is too short is refused, and everything is wiped', () => {
    const bytes = formOf(sum3Kes, 5);
    for (let length = 0; length < bytes.length; length += 1) {
      const allocator = new RecordingAllocator(pooledAllocator);
      const read = () =>
        directDeserialiseBufChecked(bytes.subarray(0, length), type, { allocator });
      expect(codeOf(read)).toBe('ERR_EVOLOCK_SIZE_CHECK');
      expect(allocator.live).toBe(0);
    }
  });
});

describe.each(algorithms)('the raw form of a $name key', (algorithm) => {
  test('is its serialised form, and brings the key back', () => {
    using key = keyAt(algorithm, seedOf(6), algorithm.totalPeriods - 1);
    const raw = unsoundRawSigningKey(key);
    expect(raw).toEqual(serialised(key));
    using copy = unsoundFromRaw(algorithm, raw);
    expect(serialised(copy)).toEqual(raw);
  });

  test('is refused when its size is wrong', () => {
    using key = keyAt(algorithm, seedOf(6), 0);
    const raw = unsoundRawSigningKey(key);
    expect(codeOf(() => unsoundFromRaw(algorithm, raw.subarray(1)))).toBe('ERR_EVOLOCK_SIZE_CHECK');
  });
});
