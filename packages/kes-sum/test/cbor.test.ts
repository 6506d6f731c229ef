import { keyOf } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import { decode } from 'cbor-x';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeSignature,
  decodeVerificationKey,
  encodeSignature,
  encodeVerificationKey,
} from '../src/cbor.js';
import { compactSum6Kes, sum0Kes, sum6Kes } from '../src/index.js';
import { algorithms } from './algorithms.js';

const bytesOf = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });

describe.each(algorithms)('CBOR of $name', (algorithm) => {
  it('brings verification keys and signatures back', () => {
    using key = keyOf(algorithm, seedOf(2));
    const verificationKey = key.deriveVerificationKey();
    const signature = key.sign(Uint8Array.of(1, 2, 3));
    expect(
      decodeVerificationKey(algorithm, encodeVerificationKey(algorithm, verificationKey)),
    ).toEqual(verificationKey);
    expect(decodeSignature(algorithm, encodeSignature(algorithm, signature))).toEqual(signature);
  });

  it('is what a general decoder reads as the same byte string', () => {
    fc.assert(
      fc.property(bytesOf(algorithm.signatureSize), (signature) => {
        const decoded: unknown = decode(encodeSignature(algorithm, signature));
        expect(new Uint8Array(decoded as Uint8Array)).toEqual(signature);
      }),
    );
  });

  it('accepts exactly one encoding: any other bytes of any length are refused or are that one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: algorithm.signatureSize + 20 }), (bytes) => {
        let signature;
        try {
          signature = decodeSignature(algorithm, bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_EVOLOCK_CBOR' });
          return;
        }
        expect(encodeSignature(algorithm, signature)).toEqual(bytes);
      }),
    );
  });
});

describe('the heads', () => {
  it.each([
    ['a verification key', encodeVerificationKey(sum6Kes, new Uint8Array(32)), [0x58, 0x20]],
    ['a Sum6 signature', encodeSignature(sum6Kes, new Uint8Array(448)), [0x59, 0x01, 0xc0]],
    [
      'a CompactSum6 signature',
      encodeSignature(compactSum6Kes, new Uint8Array(288)),
      [0x59, 0x01, 0x20],
    ],
  ])('of %s are the shortest, without a tag', (_, encoded, head) => {
    expect([...encoded.subarray(0, head.length)]).toEqual(head);
  });
});

describe('signing keys', () => {
  it('are refused in place of a verification key or a signature, by the compiler and by both encoders', () => {
    using key = keyOf(sum0Kes, seedOf(2));
    // @ts-expect-error -- a signing key is no bytes
    expect(() => encodeVerificationKey(sum0Kes, key)).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE' }),
    );
    // @ts-expect-error -- a signing key is no bytes
    expect(() => encodeSignature(sum0Kes, key)).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE' }),
    );
  });
});
