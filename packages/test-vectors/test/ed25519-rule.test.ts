import { ed25519 } from '@noble/curves/ed25519.js';
import { expect, test } from 'vitest';
import { verify } from '../oracle/scheme/ed25519.js';
import { forge } from '../oracle/files/forgeries.js';
import { seedOf } from '../oracle/files/material.js';

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
  expect(verify(verificationKey, message, signature)).toBe(false);
});

test('lengths are exact', () => {
  expect(verify(new Uint8Array(31), message, new Uint8Array(64))).toBe(false);
  expect(verify(new Uint8Array(33), message, new Uint8Array(64))).toBe(false);
});
