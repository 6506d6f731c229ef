/**
 * The secrets of proofs of both VRFs, and of signatures of extended keys, computed without the packages and without
 * libsodium. None of them may be left in memory.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { hashToCurve, vrfChallenge } from '../../../vector-generator/src/vrf-transcript.js';
import {
  expandedKey,
  GROUP_ORDER,
  nonceOf,
  radix16Digits,
  readNumber,
  writeNumber,
} from './ed25519-secrets.js';

const { Point } = ed25519;

const VRFS = ['PraosVRF', 'PraosBatchCompatVRF'] as const;

type Derived = [string, Uint8Array];

function nonceNeedles(name: string, nonce: ReturnType<typeof nonceOf>): Derived[] {
  return [
    [`nonce of ${name}`, nonce.hash],
    [`nonce of ${name} modulo the order`, nonce.reduced],
    [`digits of the nonce of ${name}`, radix16Digits(nonce.reduced)],
  ];
}

/** What a proof of a message derives from a seed. Source: draft-irtf-cfrg-vrf-03, section 5.1. */
export function proofSecrets(seed: Uint8Array, alpha: Uint8Array): Derived[] {
  const { scalar, prefix } = expandedKey(seed);
  const x = readNumber(scalar);
  const verificationKey = ed25519.getPublicKey(seed);
  const ofProof = VRFS.flatMap((name) => {
    const hashed = hashToCurve(name, verificationKey, alpha);
    const nonce = nonceOf(prefix, hashed.toBytes());
    const k = readNumber(nonce.reduced);
    const challenge = vrfChallenge(name, {
      verificationKey,
      hashed: hashed.toBytes(),
      gamma: hashed.multiply(x % GROUP_ORDER).toBytes(),
      u: Point.BASE.multiply(k).toBytes(),
      v: hashed.multiply(k).toBytes(),
    });
    const product = (challenge * x) % GROUP_ORDER;
    const sum: Derived = [`challenge times scalar of ${name}`, writeNumber(product)];
    return [...nonceNeedles(name, nonce), sum];
  });
  return ofProof;
}

/**
 * What a signature derives from an extended key whose kL and kR are both the secret. The reduced scalar differs from kL, which
 * is live, in its first half and its last byte only.
 *
 * Source: BIP32-Ed25519, section V.
 */
export function extendedSecrets(secret: Uint8Array, message: Uint8Array): Derived[] {
  const scalar = readNumber(secret) % GROUP_ORDER;
  const nonce = nonceOf(secret, message);
  const commitment = Point.BASE.multiply(readNumber(nonce.reduced)).toBytes();
  const verificationKey = Point.BASE.multiply(scalar).toBytes();
  const challenge = readNumber(sha512(concatBytes(commitment, verificationKey, message)));
  const product = ((challenge % GROUP_ORDER) * scalar) % GROUP_ORDER;
  const first: Derived = ['scalar modulo the order, first half', writeNumber(scalar).slice(0, 16)];
  return [
    // A secret below the order is its own reduced scalar.
    ...(scalar === readNumber(secret) ? [] : [first]),
    ['digits of the scalar modulo the order', radix16Digits(writeNumber(scalar))],
    ...nonceNeedles('the extended key', nonce),
    ['challenge times scalar of the extended key', writeNumber(product)],
  ];
}
