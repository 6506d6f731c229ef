/** Public arithmetic on the curve of Ed25519, over the points of `@noble/curves`. */
import { edwards, type EdwardsPoint } from '@noble/curves/abstract/edwards.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';

/** Bytes of a point and of a scalar (RFC 8032, section 5.1.2). */
export const POINT_SIZE = 32;

/** The prime of the field (RFC 8032, section 5.1). */
export const PRIME = 2n ** 255n - 19n;

/** The order of the main subgroup (RFC 8032, section 5.1). */
export const ORDER = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;

// The entry `@noble/curves/ed25519.js` has these numbers too, with key agreement and signing, which a bundle would contain.
// A bundle over another leaf scheme leaves out the curve, by the marks here and below.
const Point = /* @__PURE__ */ (() =>
  edwards({
    p: PRIME,
    n: ORDER,
    h: 8n,
    a: PRIME - 1n,
    d: 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n,
    Gx: 0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an,
    Gy: 0x6666666666666666666666666666666666666666666666666666666666666658n,
  }))();

export const field = /* @__PURE__ */ (() => Point.Fp)();

export type CurvePoint = EdwardsPoint;

/** The number of bytes, little endian. */
export const readNumber: (bytes: Uint8Array) => bigint = bytesToNumberLE;

/**
 * The point of an encoding of 32 bytes, if its y is below the prime; `undefined` for other bytes. As in libsodium, the sign
 * of an x that is 0 is not checked.
 */
export function pointOf(bytes: Uint8Array): CurvePoint | undefined {
  const y = readNumber(bytes) % 2n ** 255n;
  const isOnAxis = y === 1n || y === PRIME - 1n;
  try {
    return Point.fromBytes(isOnAxis ? numberToBytesLE(y, POINT_SIZE) : bytes);
  } catch {
    return undefined;
  }
}

/** A point of its coordinates, which satisfy the equation of the curve. */
export function pointAt(x: bigint, y: bigint): CurvePoint {
  return Point.fromAffine({ x, y });
}

/** A scalar below the order times the base point. */
export function multiplyBase(scalar: bigint): CurvePoint {
  return Point.BASE.multiplyUnsafe(scalar);
}
