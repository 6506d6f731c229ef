// A scan never finds a wrongly derived needle, so its result would prove nothing.
import { randomBytes } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { expect, test } from 'vitest';
import { extendedOf, native } from '../../conformance/src/native.js';
import { GROUP_ORDER, readScalar } from '../../conformance/src/curve.js';
import { extendedSecrets, keySecrets, proofSecrets } from '../src/secrets/derived.js';

const { Point } = ed25519;
// A Buffer's `slice` does not copy, and a seed is wiped when it is taken.
const seed = new Uint8Array(randomBytes(32));
const message = randomBytes(50);

type Secrets = ReturnType<typeof keySecrets>;
const numberIn = (secrets: Secrets, name: string): bigint =>
  readScalar(secrets.find(([found]) => found === name)?.[1] ?? new Uint8Array());

test('the scalar belongs to the verification key, the nonce to the signature', () => {
  const secrets = keySecrets('the key', seed, message);
  const scalar = numberIn(secrets, 'scalar of the key') % GROUP_ORDER;
  expect(Point.BASE.multiply(scalar).toBytes()).toEqual(ed25519.getPublicKey(seed));
  const nonce = numberIn(secrets, 'nonce of the key modulo the order');
  const commitment = ed25519.sign(message, seed).subarray(0, 32);
  expect(Point.BASE.multiply(nonce).toBytes()).toEqual(commitment);
});

test.each(['nonce', 'scalar'])('the digits represent the %s', (what) => {
  const secrets = keySecrets('the key', seed, message);
  const named = secrets.find(([name]) => name === `digits of the ${what} of the key`);
  const digits = [...new Int8Array(named![1].buffer)];
  expect(digits.every((digit) => Math.abs(digit) <= 8)).toBe(true);
  const number = digits.reduceRight((sum, digit) => 16n * sum + BigInt(digit), 0n);
  const name = what === 'nonce' ? 'nonce of the key modulo the order' : 'scalar of the key';
  expect(number).toBe(numberIn(secrets, name));
});

/** The nonce plus the challenge times the scalar, which is the response of a proof and of a signature. */
const responseIn = (secrets: Secrets, name: string): bigint =>
  (numberIn(secrets, `nonce of ${name} modulo the order`) +
    numberIn(secrets, `challenge times scalar of ${name}`)) %
  GROUP_ORDER;

test.each(['PraosVRF', 'PraosBatchCompatVRF'] as const)(
  'the nonce and the sum of %s belong to the proof',
  (name) => {
    const response = native.vrf(name).prove(seed, message).subarray(-32);
    expect(responseIn(proofSecrets(seed, message), name)).toBe(readScalar(response));
  },
);

test('the nonce and the sum of an extended key belong to its signature', () => {
  const key = Uint8Array.from([...seed, ...seed]);
  const point = Point.BASE.multiply(readScalar(seed) % GROUP_ORDER);
  const signature = extendedOf(() => point.toBytes()).sign(key, message);
  const response = responseIn(extendedSecrets(seed, message), 'the extended key');
  expect(response).toBe(readScalar(signature.subarray(32)));
});
