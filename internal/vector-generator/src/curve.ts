/** The arithmetic of Ed25519 with which the generator makes forgeries, and the steps of a VRF, from the sources of kes-verify. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import type { VrfAlgorithmName } from '@evolock/test-vectors';
import { draft03 } from '../../../packages/kes-verify/src/vrf/draft-03.js';
import { draft13 } from '../../../packages/kes-verify/src/vrf/draft-13.js';
import type { Transcript } from '../../../packages/kes-verify/src/vrf/suite.js';

/** Points of the curve. */
export const { Point } = ed25519;

/** A point of the curve. */
export type CurvePoint = InstanceType<typeof Point>;

/** The order L of the prime-order subgroup. */
export const GROUP_ORDER = Point.Fn.ORDER;

/** A little-endian number. */
export const readScalar: (bytes: Uint8Array) => bigint = bytesToNumberLE;

/** 32 bytes, little endian. */
export function writeScalar(scalar: bigint): Uint8Array {
  return numberToBytesLE(scalar, 32);
}

/** The secret scalar of a seed. */
export function secretScalar(seed: Uint8Array): bigint {
  return ed25519.utils.getExtendedPublicKey(seed).scalar;
}

/** The challenge k = SHA-512(R ‖ A ‖ message) modulo L. */
export function challenge(
  commitment: Uint8Array,
  verificationKey: Uint8Array,
  message: Uint8Array,
): bigint {
  return readScalar(sha512(concatBytes(commitment, verificationKey, message))) % GROUP_ORDER;
}

/** H: unkeyed Blake2b with 32 bytes of output, over the concatenation of the parts. */
export function hash(...parts: Uint8Array[]): Uint8Array {
  return blake2b(concatBytes(...parts), { dkLen: 32 });
}

const SUITES = { PraosVRF: draft03, PraosBatchCompatVRF: draft13 } as const;

/** The point that a message is hashed to. */
export function hashToCurve(
  name: VrfAlgorithmName,
  verificationKey: Uint8Array,
  alpha: Uint8Array,
): CurvePoint {
  return Point.fromBytes(SUITES[name].hashToCurve(verificationKey, alpha).toBytes());
}

/** The challenge: a number of 16 bytes. */
export function vrfChallenge(name: VrfAlgorithmName, transcript: Transcript): bigint {
  return SUITES[name].challenge(transcript);
}

/** The proof of its parts: Γ ‖ c ‖ s, or Γ ‖ U ‖ V ‖ s. */
export function encodeProof(
  name: VrfAlgorithmName,
  { gamma, u, v }: Transcript,
  challenge: bigint,
  response: bigint,
): Uint8Array {
  const middle = name === 'PraosVRF' ? [writeScalar(challenge).subarray(0, 16)] : [u, v];
  return concatBytes(gamma, ...middle, writeScalar(response));
}
