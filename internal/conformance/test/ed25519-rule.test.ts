import { messages } from '@evolock/test-support';
import { ed25519Vectors } from '@evolock/test-vectors';
import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ed25519 as checker } from '@evolock/kes-verify';
import { GROUP_ORDER, Point, readScalar } from '../src/curve.js';
import { extendedOf, native } from '../src/native.js';

/** The signatures that were made by someone who knows the curve: the other negatives are changed good signatures. */
const forgeries = ed25519Vectors().negatives.filter(({ why }) => why.startsWith('Ed25519 '));

/** The forgeries that the laxest rule in use (ZIP 215: cofactor, any encoding) rejects too. */
const REJECTED_BY_ALL = [
  'Ed25519 response S not below L (S + L)',
  'Ed25519 verification key that is no point',
  'Ed25519 commitment R that is no point',
];

test('there are forgeries of each kind', () => {
  expect(forgeries).toHaveLength(20);
});

test.each(forgeries)(
  'only a lax rule accepts: $why',
  ({ why, verificationKey, message, signature }) => {
    const isAccepted = ed25519.verify(signature, message, verificationKey, { zip215: true });
    expect(isAccepted).toBe(!REJECTED_BY_ALL.includes(why));
    for (const { verify } of [checker, native.dsign])
      expect(verify(verificationKey, message, signature)).toBe(false);
  },
);

/** The verification key of kL ‖ kR: kL times the base point. */
function verificationKeyOf(extendedKey: Uint8Array): Uint8Array {
  return Point.BASE.multiply(readScalar(extendedKey.slice(0, 32)) % GROUP_ORDER).toBytes();
}

test('the signature of any extended key is valid', () => {
  const half = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(half, half, messages, (left, right, message) => {
      fc.pre(left.some((byte) => byte !== 0));
      const extendedKey = Uint8Array.from([...left, ...right]);
      const signature = extendedOf(verificationKeyOf).sign(extendedKey, message);
      expect(checker.verify(verificationKeyOf(extendedKey), message, signature)).toBe(true);
    }),
    { numRuns: 15 },
  );
});
