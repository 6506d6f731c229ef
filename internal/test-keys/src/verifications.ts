import fc from 'fast-check';
import { keyOf, type KeyMaker, type TestedKey } from './keys.js';

/** The arguments of one verification, by name. */
export interface TestedVerification {
  readonly verificationKey: Uint8Array;
  readonly period: number;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** A valid signature of every period. */
export function goodVerifications(
  algorithm: KeyMaker<TestedKey, object> & { readonly totalPeriods: number },
  seed: Uint8Array,
  message: Uint8Array,
): TestedVerification[] {
  using key = keyOf(algorithm, seed);
  const verificationKey = key.deriveVerificationKey();
  return Array.from({ length: algorithm.totalPeriods }, (_, period) => {
    if (period > 0) key.update();
    return { verificationKey, period, message, signature: key.sign(message) };
  });
}

/** Invalid values in place of a verification. */
export const hostileVerifications: readonly unknown[] = [
  undefined,
  null,
  7,
  'text',
  {},
  [],
  Symbol('item'),
  () => undefined,
];

const parts = ['verificationKey', 'period', 'message', 'signature'] as const;

/** Values that are invalid for most members. */
const wrongParts: readonly unknown[] = [
  undefined,
  null,
  -1,
  1.5,
  4,
  2 ** 32 - 1,
  2 ** 53,
  'text',
  new Uint8Array(),
  new Uint8Array(31),
  new Uint16Array(32),
  new Uint8Array(new SharedArrayBuffer(32)),
];

/** Valid verifications, and invalid ones: a wrong member, other bytes, more bytes, another period. */
export function anyVerification(good: readonly TestedVerification[]): fc.Arbitrary<unknown> {
  const one = fc.constantFrom(...good);
  const spoiled = fc
    .tuple(one, fc.constantFrom(...parts), fc.constantFrom(...wrongParts))
    .map(([item, part, value]) => ({ ...item, [part]: value }));
  const flipped = fc.tuple(one, fc.nat()).map(([item, place]) => {
    const signature = item.signature.slice();
    signature[place % signature.length]! ^= 1;
    return { ...item, signature };
  });
  const lengthened = fc
    .tuple(one, fc.constantFrom('verificationKey', 'signature'))
    .map(([item, part]) => ({ ...item, [part]: Uint8Array.of(...item[part], 0) }));
  const elsewhere = fc
    .tuple(one, fc.integer({ min: -2, max: 9 }))
    .map(([item, period]) => ({ ...item, period }));
  const otherMessage = fc
    .tuple(one, fc.uint8Array({ maxLength: 2000 }))
    .map(([item, message]) => ({ ...item, message }));
  const hostile = fc.constantFrom(...hostileVerifications);
  return fc.oneof(one, hostile, spoiled, flipped, lengthened, elsewhere, otherMessage);
}
