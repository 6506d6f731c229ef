import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';

const { Point } = ed25519;

/** The order L of the prime-order subgroup. */
export const GROUP_ORDER = Point.Fn.ORDER;

/** Verification keys that were computed before, by seed: the oracle generates the same subtrees many times. */
const known = new Map<string, Uint8Array>();

/** The verification key (32 bytes) of a seed (32 bytes). */
export function deriveVerificationKey(seed: Uint8Array): Uint8Array {
  const name = bytesToHex(seed);
  const verificationKey = known.get(name) ?? ed25519.getPublicKey(seed);
  known.set(name, verificationKey);
  return verificationKey.slice();
}

/** The signature (64 bytes) of a message under a seed (32 bytes). */
export function sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return ed25519.sign(message, seed);
}

/** The secret scalar of a seed. */
export function secretScalar(seed: Uint8Array): bigint {
  return ed25519.utils.getExtendedPublicKey(seed).scalar;
}

/** A little-endian number. */
export function readScalar(bytes: Uint8Array): bigint {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/** 32 bytes, little endian. */
export function writeScalar(scalar: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) =>
    Number((scalar >> BigInt(8 * index)) & 255n),
  );
}

/** The challenge k = SHA-512(R ‖ A ‖ message) modulo L. */
export function challenge(
  commitment: Uint8Array,
  verificationKey: Uint8Array,
  message: Uint8Array,
): bigint {
  return readScalar(sha512(concatBytes(commitment, verificationKey, message))) % GROUP_ORDER;
}

type CurvePoint = InstanceType<typeof Point>;

/** A canonical encoding of a point that is not of small order, or nothing. */
function readSoundPoint(bytes: Uint8Array): CurvePoint | undefined {
  try {
    const point = Point.fromBytes(bytes, false);
    return point.isSmallOrder() ? undefined : point;
  } catch {
    return undefined;
  }
}

/**
 * Verifies by libsodium's rule: lengths exact, A and R canonical and not of small order, S \< L, and
 * the equation R = S·B − k·A without a cofactor (noble's own `verify` multiplies by eight, with or
 * without `zip215`).
 */
export function verify(
  verificationKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (verificationKey.length !== 32 || signature.length !== 64) return false;
  const commitmentBytes = signature.subarray(0, 32);
  const response = readScalar(signature.subarray(32));
  if (response >= GROUP_ORDER) return false;
  const publicPoint = readSoundPoint(verificationKey);
  const commitment = readSoundPoint(commitmentBytes);
  if (publicPoint === undefined || commitment === undefined) return false;
  const factor = challenge(commitmentBytes, verificationKey, message);
  return Point.BASE.multiplyUnsafe(response)
    .subtract(publicPoint.multiplyUnsafe(factor))
    .equals(commitment);
}
