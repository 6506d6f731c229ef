import { keyOf } from '@evolock/test-keys';
import { codeOf, seedOf, wrongly } from '@evolock/test-support';
import { describe, expect, it } from 'vitest';
import * as cbor from '../src/cbor.js';
import {
  ed25519,
  rustSigningKey,
  rustSigningKeyType,
  signKes,
  sum1Kes,
  sum6Kes,
  verifyKes,
  versionedSigningKey,
  versionedSigningKeyType,
} from '../src/index.js';
import * as unsound from '../src/unsound.js';

const strangers: unknown[] = [
  undefined,
  null,
  7,
  'ed25519_kes_2^6',
  {},
  [],
  new Uint8Array(32),
  { directDeserialise: () => undefined, directSerialise: () => undefined, signingKeySize: 32 },
];

const bytes = new Uint8Array(32);
const signed = { message: bytes, period: 0, signature: new Uint8Array(64) };
const takeAlgorithms: Record<string, (algorithm: never) => unknown> = {
  verifyKes: (algorithm) => verifyKes(algorithm, bytes, signed),
  versionedSigningKeyType,
  rustSigningKeyType,
  encodeVerificationKey: (algorithm) => cbor.encodeVerificationKey(algorithm, bytes),
  decodeVerificationKey: (algorithm) => cbor.decodeVerificationKey(algorithm, bytes),
  encodeSignature: (algorithm) => cbor.encodeSignature(algorithm, bytes),
  decodeSignature: (algorithm) => cbor.decodeSignature(algorithm, bytes),
  unsoundFromRaw: (algorithm) => unsound.unsoundFromRaw(algorithm, bytes),
  unsoundFromCbor: (algorithm) => unsound.unsoundFromCbor(algorithm, bytes),
};
const takeKeys: Record<string, (key: never) => unknown> = {
  signKes: (key) => signKes(key, bytes),
  versionedSigningKey,
  rustSigningKey,
  completeSigningKey: unsound.completeSigningKey,
  unsoundRawSigningKey: unsound.unsoundRawSigningKey,
  unsoundCborSigningKey: unsound.unsoundCborSigningKey,
};

describe.each(Object.entries(takeAlgorithms))('%s', (_, call) => {
  it('refuses what is no algorithm of these packages, by name', () => {
    for (const stranger of [...strangers, ed25519]) {
      expect(codeOf(() => call(wrongly(stranger)))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    }
  });
});

describe.each(Object.entries(takeKeys))('%s', (_, call) => {
  it('refuses what is no signing key of these packages, by name', () => {
    for (const stranger of [...strangers, sum6Kes]) {
      expect(codeOf(() => call(wrongly(stranger)))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    }
  });

  it('refuses a key that was released', () => {
    const key = keyOf(sum1Kes, seedOf(8));
    key.release();
    expect(codeOf(() => call(wrongly(key)))).toBe('ERR_EVOLOCK_RELEASED');
  });
});

it('a header that would lie about the period is not followed by a key', () => {
  for (const form of [versionedSigningKey, rustSigningKey]) {
    using key = keyOf(sum1Kes, seedOf(8));
    const evolve = () => {
      if (key.period === 0) key.update();
    };
    expect(codeOf(() => form(key).directSerialise(evolve))).toMatch(
      /^ERR_EVOLOCK_KES_(PERIOD|BUSY)$/,
    );
  }
});

it('the compiler tells kinds of bytes and their algorithms apart', () => {
  using key = keyOf(sum6Kes, seedOf(8));
  const verificationKey = sum6Kes.verificationKeyType.directDeserialise(() => {});
  const signature = sum6Kes.signatureType.directDeserialise(() => {});
  // @ts-expect-error -- a verification key of a key evolving scheme is none of Ed25519
  expect(ed25519.verify(verificationKey, bytes, new Uint8Array(64))).toBe(false);
  // @ts-expect-error -- a signature is no verification key
  expect(sum6Kes.verify(signature, 0, bytes, signature)).toBe(false);
  // @ts-expect-error -- nor a verification key a signature
  expect(sum6Kes.verify(verificationKey, 0, bytes, verificationKey)).toBe(false);
  expect(sum6Kes.verify(key.deriveVerificationKey(), 0, bytes, key.sign(bytes))).toBe(true);
});
