/**
 * The VRF of draft-irtf-cfrg-vrf-03, and of draft 13 with batch-compatible proofs, over the points of @noble/curves.
 *
 * A proof is judged as by cardano-base: it multiplies by L − c, so that a torsion part T of a point counts as (L − c)·T.
 */
import { ed25519, ed25519_hasher } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import type { VrfAlgorithmName } from '../../src/vectors/vrf.js';
import { deriveVerificationKey, GROUP_ORDER, readScalar, writeScalar } from './ed25519.js';

const { Point } = ed25519;
const { Fp } = Point;

/** A point of the curve. */
export type CurvePoint = InstanceType<typeof Point>;

/** The coefficient of the Montgomery curve. */
const A = 486_662n;
const DOMAIN = 'ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_\u0004';

/** What is announced before the challenge is known. */
export interface Announced {
  readonly u: CurvePoint;
  readonly v: CurvePoint;
}

interface Draft {
  readonly proofSize: number;
  hashToCurve(verificationKey: Uint8Array, alpha: Uint8Array): CurvePoint;
  /** What is hashed to a challenge, after the bytes 04 02. */
  challengeInput(verificationKey: Uint8Array, points: readonly Uint8Array[]): Uint8Array;
  /** What ends an input of the output. */
  readonly end: Uint8Array;
  encode(gamma: Uint8Array, challenge: bigint, announced: Announced, response: bigint): Uint8Array;
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

/** Elligator 2 of draft 03, section 5.4.1.2.1. */
function elligator(uniform: bigint): CurvePoint {
  const first = Fp.mul(Fp.neg(A), Fp.inv(Fp.add(1n, Fp.mul(2n, Fp.sqr(uniform)))));
  const square = Fp.mul(first, Fp.add(Fp.add(Fp.sqr(first), Fp.mul(A, first)), 1n));
  const isSquare = Fp.pow(square, (Fp.ORDER - 1n) / 2n) === 1n;
  const u = isSquare ? first : Fp.sub(Fp.neg(A), first);
  const y = Fp.mul(Fp.sub(u, 1n), Fp.inv(Fp.add(u, 1n)));
  return Point.fromBytes(writeScalar(y)).clearCofactor();
}

const DRAFTS: Readonly<Record<VrfAlgorithmName, Draft>> = {
  PraosVRF: {
    proofSize: 80,
    hashToCurve(verificationKey, alpha) {
      const digest = sha512(concatBytes(bytes(4, 1), verificationKey, alpha)).slice(0, 32);
      return elligator(readScalar(digest) % 2n ** 255n);
    },
    challengeInput: (_verificationKey, points) => concatBytes(...points),
    end: bytes(),
    encode: (gamma, challenge, _announced, response) =>
      concatBytes(gamma, writeScalar(challenge).slice(0, 16), writeScalar(response)),
  },
  PraosBatchCompatVRF: {
    proofSize: 128,
    hashToCurve(verificationKey, alpha) {
      const { x, y } = ed25519_hasher.encodeToCurve(concatBytes(verificationKey, alpha), {
        DST: DOMAIN,
      });
      return Point.fromAffine({ x, y });
    },
    challengeInput: (verificationKey, points) => concatBytes(verificationKey, ...points, bytes(0)),
    end: bytes(0),
    encode: (gamma, _challenge, { u, v }, response) =>
      concatBytes(gamma, u.toBytes(), v.toBytes(), writeScalar(response)),
  },
};

/** Bytes of a proof. */
export function proofSizeOf(name: VrfAlgorithmName): number {
  return DRAFTS[name].proofSize;
}

/** The point that a message is hashed to. */
export function hashToCurve(
  name: VrfAlgorithmName,
  verificationKey: Uint8Array,
  alpha: Uint8Array,
): CurvePoint {
  return DRAFTS[name].hashToCurve(verificationKey, alpha);
}

/** The challenge: 16 bytes of a hash. */
export function vrfChallenge(
  name: VrfAlgorithmName,
  verificationKey: Uint8Array,
  points: readonly Uint8Array[],
): bigint {
  const input = DRAFTS[name].challengeInput(verificationKey, points);
  return readScalar(sha512(concatBytes(bytes(4, 2), input)).slice(0, 16));
}

/** The proof of its parts. */
export function encodeProof(
  name: VrfAlgorithmName,
  ...parts: Parameters<Draft['encode']>
): Uint8Array {
  return DRAFTS[name].encode(...parts);
}

/** Proves a message (draft 03, section 5.1). */
export function prove(name: VrfAlgorithmName, seed: Uint8Array, alpha: Uint8Array): Uint8Array {
  const { scalar, prefix } = ed25519.utils.getExtendedPublicKey(seed);
  const verificationKey = deriveVerificationKey(seed);
  const hashed = hashToCurve(name, verificationKey, alpha);
  const gamma = hashed.multiply(scalar).toBytes();
  const nonce = readScalar(sha512(concatBytes(prefix, hashed.toBytes()))) % GROUP_ORDER;
  const announced = { u: Point.BASE.multiply(nonce), v: hashed.multiply(nonce) };
  const points = [hashed.toBytes(), gamma, announced.u.toBytes(), announced.v.toBytes()];
  const challenge = vrfChallenge(name, verificationKey, points);
  const response = (nonce + challenge * scalar) % GROUP_ORDER;
  return encodeProof(name, gamma, challenge, announced, response);
}

/** A point with a y below the prime. The sign of an x that is 0 is not checked, as in cardano-base. */
function readPoint(encoding: Uint8Array): CurvePoint | undefined {
  const y = readScalar(encoding) % 2n ** 255n;
  if (y >= Fp.ORDER) return undefined;
  const isZero = y === 1n || y === Fp.ORDER - 1n;
  try {
    return Point.fromBytes(isZero ? writeScalar(y) : encoding);
  } catch {
    return undefined;
  }
}

/** The output of a proof that was verified before; `undefined` for bytes that are no proof. */
export function outputOf(name: VrfAlgorithmName, proof: Uint8Array): Uint8Array | undefined {
  const { proofSize, end } = DRAFTS[name];
  if (proof.length !== proofSize || readScalar(proof.slice(-32)) >= GROUP_ORDER) return undefined;
  const gamma = readPoint(proof.slice(0, 32));
  return gamma && sha512(concatBytes(bytes(4, 3), gamma.clearCofactor().toBytes(), end));
}

/** Verifies as `crypto_vrf_ietfdraft03_verify` and `crypto_vrf_ietfdraft13_verify_batchcompat` of cardano-base do. */
export function verify(
  name: VrfAlgorithmName,
  verificationKey: Uint8Array,
  alpha: Uint8Array,
  proof: Uint8Array,
): Uint8Array | undefined {
  const output = outputOf(name, proof);
  if (output === undefined || verificationKey.length !== 32) return undefined;
  const key = readPoint(verificationKey);
  const gamma = readPoint(proof.slice(0, 32));
  if (key === undefined || gamma === undefined || key.isSmallOrder()) return undefined;
  const hashed = hashToCurve(name, verificationKey, alpha);
  const stated = name === 'PraosVRF' ? undefined : [proof.slice(32, 64), proof.slice(64, 96)];
  const points = [hashed.toBytes(), proof.slice(0, 32)];
  const challenge =
    stated === undefined
      ? readScalar(proof.slice(32, 48))
      : vrfChallenge(name, verificationKey, [...points, ...stated]);
  const negative = (GROUP_ORDER - challenge) % GROUP_ORDER;
  const response = readScalar(proof.slice(-32));
  const announced = [
    Point.BASE.multiplyUnsafe(response).add(key.multiplyUnsafe(negative)).toBytes(),
    hashed.multiplyUnsafe(response).add(gamma.multiplyUnsafe(negative)).toBytes(),
  ];
  const isValid =
    stated === undefined
      ? vrfChallenge(name, verificationKey, [...points, ...announced]) === challenge
      : announced.every((point, index) => Buffer.compare(point, stated[index] ?? point) === 0);
  return isValid ? output : undefined;
}
