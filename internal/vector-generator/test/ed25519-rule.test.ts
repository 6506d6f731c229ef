import { messages } from '@evolock/test-support';
import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ed25519 as checker } from '@evolock/kes-verify';
import { forge } from '../src/files/forgeries.js';
import { seedOf } from '../src/files/material.js';
import { verificationKeyOf } from '../src/files/vrf.js';
import { extendedOf, native } from '../src/native.js';

const message = new TextEncoder().encode('evolock');
const forgeries = forge(seedOf('ed25519'), message);

/** The forgeries that the laxest rule in use (ZIP 215: cofactor, any encoding) rejects too. */
const REJECTED_BY_ALL = [
  'Ed25519 response S not below L (S + L)',
  'Ed25519 verification key that is no point',
  'Ed25519 commitment R that is no point',
];

test.each(forgeries)('only a lax rule accepts: $why', ({ why, verificationKey, signature }) => {
  const isAcceptedByZip215 = ed25519.verify(signature, message, verificationKey, { zip215: true });
  expect(isAcceptedByZip215).toBe(!REJECTED_BY_ALL.includes(why));
  for (const { verify } of [checker, native.dsign])
    expect(verify(verificationKey, message, signature)).toBe(false);
});

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
