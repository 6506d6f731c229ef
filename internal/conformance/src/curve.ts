/** The arithmetic of Ed25519, and the steps of a VRF, from the sources of kes-verify: both without native code. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import type { VrfAlgorithmName } from '@evolock/test-vectors';
import { draft03, draft13, type Transcript } from '../../../packages/kes-verify/src/vrf/drafts.js';

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

/** The challenge k = SHA-512(R ‖ A ‖ message) modulo L. */
export function challenge(
  commitment: Uint8Array,
  verificationKey: Uint8Array,
  message: Uint8Array,
): bigint {
  return readScalar(sha512(concatBytes(commitment, verificationKey, message))) % GROUP_ORDER;
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
