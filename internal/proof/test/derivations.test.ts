import { randomBytes } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { expect, test } from 'vitest';
import { extendedOf, native } from '../../conformance/src/native.js';
import { GROUP_ORDER, readScalar } from '../../conformance/src/curve.js';
import {
  expandedKey,
  extendedSecrets,
  nonceOf,
  proofSecrets,
  radix16Digits,
} from '../src/secrets/derived.js';

const { Point } = ed25519;
// A Buffer's `slice` does not copy, and a seed is wiped when it is taken.
const seed = new Uint8Array(randomBytes(32));
const message = randomBytes(50);
const { scalar, prefix } = expandedKey(seed);
const { reduced } = nonceOf(prefix, message);

// A scan never finds a wrongly derived needle, so its result would prove nothing.
test('the scalar belongs to the verification key', () => {
  const point = Point.BASE.multiply(readScalar(scalar) % GROUP_ORDER);
  expect(point.toBytes()).toEqual(ed25519.getPublicKey(seed));
});

test('the nonce belongs to the signature', () => {
  const commitment = Point.BASE.multiply(readScalar(reduced)).toBytes();
  expect(commitment).toEqual(ed25519.sign(message, seed).subarray(0, 32));
});

test('the digits represent the number', () => {
  const digits = [...new Int8Array(radix16Digits(reduced).buffer)];
  expect(digits.every((digit) => Math.abs(digit) <= 8)).toBe(true);
  const number = digits.reduceRight((sum, digit) => 16n * sum + BigInt(digit), 0n);
  expect(number).toBe(readScalar(reduced));
});

/** The nonce plus the challenge times the scalar, which is the response of a proof and of a signature. */
function responseIn(secrets: readonly (readonly [string, Uint8Array])[], name: string): bigint {
  const numberNamed = (needle: string) =>
    readScalar(secrets.find(([found]) => found === needle)?.[1] ?? new Uint8Array());
  const nonce = numberNamed(`nonce of ${name} modulo the order`);
  return (nonce + numberNamed(`challenge times scalar of ${name}`)) % GROUP_ORDER;
}

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
  const response = extendedOf(() => point.toBytes())
    .sign(key, message)
    .subarray(32);
  const secrets = extendedSecrets(seed, message);
  expect(responseIn(secrets, 'the extended key')).toBe(readScalar(response));
});
