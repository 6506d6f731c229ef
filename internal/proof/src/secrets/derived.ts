/**
 * The secrets that Ed25519, both VRFs and extended keys derive from a seed, computed without libsodium and without the packages
 * of keys. None of them may be left in memory.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import {
  challenge,
  GROUP_ORDER,
  hashToCurve,
  Point,
  readScalar,
  vrfChallenge,
  writeScalar,
} from '../../../conformance/src/curve.js';

/** The secret scalar and the prefix of a seed: SHA-512 in two halves of 32 bytes, the first of them clamped. Source: RFC 8032, 5.1.5. */
function expandedKey(seed: Uint8Array) {
  const hash = sha512(seed);
  const firstHalf = hash.slice(0, 32);
  const scalar = hash.slice(0, 32);
  scalar[0]! &= 0b1111_1000;
  scalar[31]! &= 0b0111_1111;
  scalar[31]! |= 0b0100_0000;
  return { firstHalf, prefix: hash.slice(32), scalar };
}

/** The nonce of a signature: SHA-512(prefix ‖ message) as the 64-byte hash and as 32 bytes modulo the order. */
function nonceOf(prefix: Uint8Array, message: Uint8Array) {
  const hash = sha512(concatBytes(prefix, message));
  return { hash, reduced: writeScalar(readScalar(hash) % GROUP_ORDER) };
}

/** A scalar as 64 digits from −8 to 8, one per byte. libsodium multiplies by this form. */
function radix16Digits(scalar: Uint8Array): Uint8Array {
  const nibbles = [...scalar].flatMap((byte) => [byte & 15, byte >> 4]);
  const digits = new Int8Array(64);
  let carry = 0;
  nibbles.forEach((nibble, index) => {
    const value = nibble + carry;
    carry = index === 63 ? 0 : (value + 8) >> 4;
    digits[index] = value - 16 * carry;
  });
  return new Uint8Array(digits.buffer);
}

type Derived = [string, Uint8Array];

function nonceSecrets(name: string, nonce: ReturnType<typeof nonceOf>): Derived[] {
  return [
    [`nonce of ${name}`, nonce.hash],
    [`nonce of ${name} modulo the order`, nonce.reduced],
    [`digits of the nonce of ${name}`, radix16Digits(nonce.reduced)],
  ];
}

/** What an Ed25519 key derives from its seed, and its signature of a message. */
export function keySecrets(name: string, seed: Uint8Array, message?: Uint8Array): Derived[] {
  const { firstHalf, prefix, scalar } = expandedKey(seed);
  return [
    [`SHA-512, first half, of ${name}`, firstHalf],
    [`SHA-512, second half, of ${name}`, prefix],
    [`scalar of ${name}`, scalar],
    [`digits of the scalar of ${name}`, radix16Digits(scalar)],
    ...(message === undefined ? [] : nonceSecrets(name, nonceOf(prefix, message))),
  ];
}

/** What a proof of a message derives from a seed. Source: draft-irtf-cfrg-vrf-03, section 5.1. */
export function proofSecrets(seed: Uint8Array, alpha: Uint8Array): Derived[] {
  const { scalar, prefix } = expandedKey(seed);
  const x = readScalar(scalar);
  const verificationKey = ed25519.getPublicKey(seed);
  return (['PraosVRF', 'PraosBatchCompatVRF'] as const).flatMap((name) => {
    const hashed = hashToCurve(name, verificationKey, alpha);
    const nonce = nonceOf(prefix, hashed.toBytes());
    const k = readScalar(nonce.reduced);
    const factor = vrfChallenge(name, {
      verificationKey,
      hashed: hashed.toBytes(),
      gamma: hashed.multiply(x % GROUP_ORDER).toBytes(),
      u: Point.BASE.multiply(k).toBytes(),
      v: hashed.multiply(k).toBytes(),
    });
    const product = (factor * x) % GROUP_ORDER;
    const sum: Derived = [`challenge times scalar of ${name}`, writeScalar(product)];
    return [...nonceSecrets(name, nonce), sum];
  });
}

/**
 * What a signature derives from an extended key whose kL and kR are both the secret. The reduced scalar differs from kL, which
 * is live, in its first half and its last byte only.
 *
 * Source: BIP32-Ed25519, section V.
 */
export function extendedSecrets(secret: Uint8Array, message: Uint8Array): Derived[] {
  const scalar = readScalar(secret) % GROUP_ORDER;
  const nonce = nonceOf(secret, message);
  const commitment = Point.BASE.multiply(readScalar(nonce.reduced)).toBytes();
  const verificationKey = Point.BASE.multiply(scalar).toBytes();
  const product = (challenge(commitment, verificationKey, message) * scalar) % GROUP_ORDER;
  const first: Derived = ['scalar modulo the order, first half', writeScalar(scalar).slice(0, 16)];
  return [
    // A secret below the order is its own reduced scalar.
    ...(scalar === readScalar(secret) ? [] : [first]),
    ['digits of the scalar modulo the order', radix16Digits(writeScalar(scalar))],
    ...nonceSecrets('the extended key', nonce),
    ['challenge times scalar of the extended key', writeScalar(product)],
  ];
}
