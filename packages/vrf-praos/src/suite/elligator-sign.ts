/**
 * The sign of a point of Elligator 2 under RFC 9380, as draft 13 takes it.
 *
 * libsodium maps a number to a point and is told the sign of its x. RFC 9380 states the sign of another coordinate: of the y
 * of the point on the Montgomery curve. So both coordinates are computed here. All of it is public.
 *
 * Source: RFC 9380, sections 6.7.1 and 6.8.2; appendix D.1 for the map between the curves.
 */
import { sodium } from '@evolock/mlocked-seed/unsound';
import { littleEndian, POINT_SIZE, readLittleEndian } from '../curve.js';

/** The prime 2^255 − 19. */
export const PRIME = 2n ** 255n - 19n;
/** The coefficient of the Montgomery curve (RFC 7748, section 4.1). */
const A = 486_662n;
/** The coefficient of the Edwards curve (RFC 8032, section 5.1). */
const D =
  37_095_705_934_669_439_343_138_083_508_754_565_189_542_113_879_843_219_016_388_785_533_085_940_283_555n;
/** A root of −1 (RFC 8032, section 5.1.3: 2^((p − 1) / 4)). */
const ROOT =
  19_681_161_376_707_505_956_807_079_304_988_542_015_446_066_515_923_890_162_744_021_073_123_829_784_752n;
/** The even root of −A − 2 (RFC 9380, section 6.8.2). */
const SCALE =
  6_853_475_219_497_561_581_579_357_271_197_624_642_482_790_079_785_650_197_046_958_215_289_687_604_742n;
/** The inverse of 4. */
const QUARTER = (3n * PRIME + 1n) / 4n;
/** The point of order 4 with x = ROOT and y = 0. A point plus this one has the y coordinate ROOT · x. */
const ORDER_4 = littleEndian((ROOT & 1n) << 255n);

function field(value: bigint): bigint {
  const rest = value % PRIME;
  return rest < 0n ? rest + PRIME : rest;
}

/** Extended Euclid: three times faster than exponentiation. */
function inverse(value: bigint): bigint {
  let previous = PRIME;
  let rest = field(value);
  let previousFactor = 0n;
  let factor = 1n;
  while (rest > 0n) {
    const quotient = previous / rest;
    [previous, rest] = [rest, previous - quotient * rest];
    [previousFactor, factor] = [factor, previousFactor - quotient * factor];
  }
  return field(previousFactor);
}

/** The sign of x for which libsodium returns the point of RFC 9380 of a number below the prime. */
export function signOf(uniform: bigint): 0n | 1n {
  // The two candidates for the x of the Montgomery curve are −A / z and (A − A·z) / z. One of them is on the curve.
  const z = field(1n + 2n * uniform * uniform);
  const first = field(z - A);
  const second = field(A - A * z + z);
  const shared = inverse(z * first * second);
  const inverseOfZ = field(shared * first * second);
  const onFirst = montgomeryY(field((-A - z) * shared * z * second), field(first * inverseOfZ));
  if (onFirst !== undefined) return differs(onFirst, 1n);
  const onSecond = montgomeryY(
    field((A - A * z - z) * shared * z * first),
    field(second * inverseOfZ),
  );
  return differs(onSecond ?? 0n, 0n);
}

/** The sign is 0 when the parity of y is as wanted, since y was computed from an even x. */
function differs(y: bigint, parity: bigint): 0n | 1n {
  return (y & 1n) === parity ? 0n : 1n;
}

/**
 * The y on the Montgomery curve of the point on the Edwards curve with a given y and an even x; `undefined` when no point
 * has this y. `twiceInverse` is 2 / (1 − y).
 */
function montgomeryY(y: bigint, twiceInverse: bigint): bigint | undefined {
  const sum = new Uint8Array(POINT_SIZE);
  if (sodium.curve.crypto_core_ed25519_add(sum, littleEndian(y), ORDER_4) !== 0) return undefined;
  // The sign of the sum is in its highest bit. ROOT times −ROOT is 1.
  const x = field((readLittleEndian(sum) & (2n ** 255n - 1n)) * (PRIME - ROOT));
  // SCALE · (1 + y) / ((1 − y) · x), with 1 / x from the equation of the curve. The factor 4 is in the two inverses.
  return field(SCALE * x * (-1n - D * y * y) * twiceInverse * twiceInverse * QUARTER);
}
