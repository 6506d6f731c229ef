/** Elligator 2: a number becomes a point of the curve (RFC 9380, sections 6.7.1 and 6.8.2; appendix D.1). */
import { field } from '../curve.js';

/** The coefficient of the Montgomery curve (RFC 7748, section 4.1). */
const A = 486_662n;

/** The even root of −A − 2 (RFC 9380, section 6.8.2). */
const SCALE =
  6_853_475_219_497_561_581_579_357_271_197_624_642_482_790_079_785_650_197_046_958_215_289_687_604_742n;

/** Coordinates on the Edwards curve. */
export interface Coordinates {
  readonly x: bigint;
  readonly y: bigint;
}

/** The point of a number below the prime. The cofactor is not cleared. */
export function elligator(uniform: bigint): Coordinates {
  // Two candidates for the coordinate u of the Montgomery curve. Exactly one of them is on the curve.
  const first = field.div(field.neg(A), 1n + 2n * field.sqr(uniform));
  const onFirst = rootOf(squareOfV(first));
  const u = onFirst === undefined ? field.sub(field.neg(A), first) : first;
  const v = onFirst ?? rootOf(squareOfV(u)) ?? 0n;
  // The point of order 2, of the number 0.
  if (v === 0n) return { x: 0n, y: 1n };
  const isOdd = (v & 1n) === 1n;
  const signed = isOdd === (onFirst !== undefined) ? v : field.neg(v);
  return {
    x: field.div(field.mul(SCALE, u), signed),
    y: field.div(field.sub(u, 1n), field.add(u, 1n)),
  };
}

/** v² = u³ + A·u² + u. */
function squareOfV(u: bigint): bigint {
  return field.mul(u, field.add(field.mul(u, field.add(u, A)), 1n));
}

/** Returns `undefined` for a number that is not a square. */
function rootOf(square: bigint): bigint | undefined {
  try {
    return field.sqrt(square);
  } catch {
    return undefined;
  }
}
