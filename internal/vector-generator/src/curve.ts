/** The arithmetic of Ed25519 with which the generator makes forgeries. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

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
