import { ed25519 as native } from '@evolock/kes-sum';
import fc from 'fast-check';
import { expect } from 'vitest';
import { ed25519 } from '../../src/index.js';
import { signatureClaims, signatureExamples } from '../support/torsion.js';

/** Both packages have the same verdict on each of many claims. The examples are one valid and one invalid claim. */
export function expectVerdictsOfLibsodium(numRuns: number): void {
  const counts = { true: 0, false: 0 };
  fc.assert(
    fc.property(signatureClaims, ({ key, message, signature }) => {
      const verdict = native.verify(key, message, signature);
      counts[`${verdict}`] += 1;
      expect(ed25519.verify(key, message, signature)).toBe(verdict);
    }),
    { numRuns, examples: signatureExamples.map((claim) => [claim]) },
  );
  expect(counts.true).toBeGreaterThan(0);
  expect(counts.false).toBeGreaterThan(0);
}
