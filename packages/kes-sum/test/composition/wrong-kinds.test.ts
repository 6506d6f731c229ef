import { keyOf } from '@evolock/test-keys';
import { codeOf, seedOf, wrongly } from '@evolock/test-support';
import { describe, expect, it } from 'vitest';
import {
  ed25519,
  rustSigningKey,
  rustSigningKeyType,
  sum1Kes,
  sum6Kes,
  type KesSignature,
  type KesVerificationKey,
} from '../../src/index.js';
import { unsoundFromRaw, unsoundRawSigningKey } from '../../src/unsound.js';

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
const takeAlgorithms: Record<string, (algorithm: never) => unknown> = {
  rustSigningKeyType,
  unsoundFromRaw: (algorithm) => unsoundFromRaw(algorithm, bytes),
};
const takeKeys: Record<string, (key: never) => unknown> = { rustSigningKey, unsoundRawSigningKey };

describe.each(Object.entries(takeAlgorithms))('%s', (_, call) => {
  it('refuses a value that is not an algorithm of these packages', () => {
    for (const stranger of [...strangers, ed25519]) {
      expect(codeOf(() => call(wrongly(stranger)))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    }
  });
});

describe.each(Object.entries(takeKeys))('%s', (_, call) => {
  it('refuses a value that is not a signing key of these packages', () => {
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

it('the Rust form of a key that its callback evolves is refused', () => {
  using key = keyOf(sum1Kes, seedOf(8));
  const evolve = () => {
    if (key.period === 0) key.update();
  };
  expect(codeOf(() => rustSigningKey(key).directSerialise(evolve))).toMatch(
    /^ERR_EVOLOCK_KES_(PERIOD|BUSY)$/,
  );
});

it('the compiler distinguishes verification keys, signatures and their algorithms', () => {
  using key = keyOf(sum6Kes, seedOf(8));
  const verificationKey = new Uint8Array(32) as KesVerificationKey<'ed25519_kes_2^6'>;
  const signature = new Uint8Array(448) as KesSignature<'ed25519_kes_2^6'>;
  // @ts-expect-error -- a verification key of another scheme
  expect(ed25519.verify(verificationKey, bytes, new Uint8Array(64))).toBe(false);
  // @ts-expect-error -- a signature in place of a verification key
  expect(sum6Kes.verify(signature, 0, bytes, signature)).toBe(false);
  // @ts-expect-error -- a verification key in place of a signature
  expect(sum6Kes.verify(verificationKey, 0, bytes, verificationKey)).toBe(false);
  expect(sum6Kes.verify(key.deriveVerificationKey(), 0, bytes, key.sign(bytes))).toBe(true);
});
