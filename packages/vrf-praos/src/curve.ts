/**
 * Public arithmetic on the curve of Ed25519, for every point of it.
 *
 * libsodium multiplies points of the main subgroup only. The reference implementation multiplies every point, so a point
 * with a torsion part is multiplied here in two parts. Nothing in this file is secret.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { sodium } from '@evolock/mlocked-seed/unsound';

const { curve } = sodium;

/** Bytes of a point and of a scalar (RFC 8032, section 5.1.2). */
export const POINT_SIZE = 32;

/** The order of the main subgroup (RFC 8032, section 5.1). It is 5 modulo 8. */
const ORDER = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
const ORDER_BYTES = littleEndian(ORDER);

/** Times 8, the cofactor, it is 1 modulo the order. */
const INVERSE_OF_COFACTOR = littleEndian((3n * ORDER + 1n) / 8n);

const IDENTITY = littleEndian(1n);

/** A number as 32 bytes. */
export function littleEndian(value: bigint): Uint8Array {
  const digits = value.toString(16).padStart(2 * POINT_SIZE, '0');
  return new Uint8Array(Buffer.from(digits, 'hex').reverse());
}

/** A number of any bytes. */
export function readLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

/** Whether a scalar of 32 bytes is below the order of the main subgroup. */
export function isCanonicalScalar(scalar: Uint8Array): boolean {
  for (let index = POINT_SIZE - 1; index >= 0; index -= 1) {
    const difference = (scalar[index] ?? 0) - (ORDER_BYTES[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Whether the y of an encoded point is below the prime 2^255 − 19. */
function isCanonicalEncoding(point: Uint8Array): boolean {
  if (((point[POINT_SIZE - 1] ?? 0) & 0x7f) !== 0x7f) return true;
  for (let index = POINT_SIZE - 2; index > 0; index -= 1) if (point[index] !== 0xff) return true;
  return (point[0] ?? 0) < 0xed;
}

/**
 * Whether 32 bytes are the encoding of a point of the curve, with a y below the prime. As in the reference implementation,
 * the sign of an x that is 0 is not checked.
 */
export function isPoint(bytes: Uint8Array): boolean {
  return (
    isCanonicalEncoding(bytes) &&
    curve.crypto_core_ed25519_add(new Uint8Array(POINT_SIZE), bytes, IDENTITY) === 0
  );
}

/** The sum of two points of the curve. */
export function add(left: Uint8Array, right: Uint8Array): Uint8Array {
  const sum = new Uint8Array(POINT_SIZE);
  curve.crypto_core_ed25519_add(sum, left, right);
  return sum;
}

/** The cofactor, 8, times a point of the curve: a point of the main subgroup. */
export function timesCofactor(point: Uint8Array): Uint8Array {
  const double = add(point, point);
  const fourfold = add(double, double);
  return add(fourfold, fourfold);
}

/** Scalar, 32 bytes below the order, times base point. */
export function multiplyBase(scalar: Uint8Array): Uint8Array {
  const product = new Uint8Array(POINT_SIZE);
  // It is refused when the product is the identity.
  return curve.crypto_scalarmult_ed25519_base_noclamp(product, scalar) === 0 ? product : IDENTITY;
}

/**
 * Scalar, 32 bytes below the order, times any point of the curve. `undefined` when the bytes are no point: see
 * {@link isPoint}.
 */
export function multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array | undefined {
  return inSubgroup(scalar, point) ?? (isPoint(point) ? inTwoParts(scalar, point) : undefined);
}

/** As {@link multiply}, for the point of a verification key. `undefined` also when the point has a small order, 1 to 8. */
export function multiplyKey(scalar: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  const product = inSubgroup(scalar, key);
  if (product !== undefined) return product;
  if (!isPoint(key) || isIdentity(timesCofactor(key))) return undefined;
  return inTwoParts(scalar, key);
}

/** Returns `undefined` when the point is not in the main subgroup, or the product is the identity. */
function inSubgroup(scalar: Uint8Array, point: Uint8Array): Uint8Array | undefined {
  const product = new Uint8Array(POINT_SIZE);
  const status = curve.crypto_scalarmult_ed25519_noclamp(product, scalar, point);
  return status === 0 ? product : undefined;
}

/** The point is the sum of a point of the main subgroup and of a torsion point, whose order is 1, 2, 4 or 8. */
function inTwoParts(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  const main = inSubgroup(INVERSE_OF_COFACTOR, timesCofactor(point)) ?? IDENTITY;
  const torsion = subtract(point, main);
  let product = inSubgroup(scalar, main) ?? IDENTITY;
  for (let rest = (scalar[0] ?? 0) % 8; rest > 0; rest -= 1) product = add(product, torsion);
  return product;
}

function subtract(left: Uint8Array, right: Uint8Array): Uint8Array {
  const difference = new Uint8Array(POINT_SIZE);
  curve.crypto_core_ed25519_sub(difference, left, right);
  return difference;
}

function isIdentity(point: Uint8Array): boolean {
  return sameBytes(point, IDENTITY);
}

/** The negative of a scalar, 32 bytes below the order, modulo the order. */
export function negate(scalar: Uint8Array): Uint8Array {
  const negative = new Uint8Array(POINT_SIZE);
  curve.crypto_core_ed25519_scalar_negate(negative, scalar);
  return negative;
}

/** SHA-512 of public bytes: 64 bytes. */
export function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const digest = new Uint8Array(64);
  curve.crypto_hash_sha512(digest, Buffer.concat(parts));
  return digest;
}
