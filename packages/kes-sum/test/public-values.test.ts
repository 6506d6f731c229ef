import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
import { keyAt, keyOf } from '@evolock/test-keys';
import { codeOf, seedOf, wrongly } from '@evolock/test-support';
import { describe, expect, it } from 'vitest';
import { blake2b256, hashVerificationKey, signKes, sum2Kes, verifyKes } from '../src/index.js';
import { algorithms } from './algorithms.js';

describe.each(algorithms)('public values of $name', (algorithm) => {
  it('take part in DirectSerialise through their types', () => {
    using key = keyOf(algorithm, seedOf(3));
    const values = [
      [algorithm.verificationKeyType, key.deriveVerificationKey()],
      [algorithm.signatureType, key.sign(Uint8Array.of(1))],
    ] as const;
    for (const [type, bytes] of values) {
      const buffer = new Uint8Array(type.size);
      directSerialiseBufChecked(buffer, type.serialisable(bytes));
      expect(buffer).toEqual(bytes);
      expect(directDeserialiseBufChecked(buffer, type)).toEqual(bytes);
      expect(codeOf(() => type.serialisable(bytes.subarray(1)))).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
      expect(codeOf(() => directDeserialiseBufChecked(buffer.subarray(1), type))).toBe(
        'ERR_EVOLOCK_SIZE_CHECK',
      );
    }
  });
});

describe('a signed value', () => {
  it('carries its period: it stays good when the key has moved on', () => {
    using key = keyAt(sum2Kes, seedOf(3), 1);
    const verificationKey = key.deriveVerificationKey();
    const signed = signKes(key, Uint8Array.of(1, 2));
    key.update();
    expect(signed.period).toBe(1);
    expect(verifyKes(sum2Kes, verificationKey, signed)).toBe(true);
    expect(verifyKes(sum2Kes, verificationKey, { ...signed, period: 2 })).toBe(false);
    expect(verifyKes(sum2Kes, verificationKey, { ...signed, message: Uint8Array.of(1) })).toBe(
      false,
    );
  });

  it('that is none is a mistake of the caller', () => {
    for (const wrong of [null, undefined, 7, 'text']) {
      expect(codeOf(() => verifyKes(sum2Kes, new Uint8Array(32), wrongly(wrong)))).toBe(
        'ERR_EVOLOCK_ARGUMENT_TYPE',
      );
    }
  });
});

it('hashes a verification key with Blake2b-256', () => {
  const verificationKey = new Uint8Array(32).fill(9);
  expect(hashVerificationKey(verificationKey)).toEqual(blake2b256(verificationKey));
});
