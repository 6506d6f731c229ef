/** Verdicts of this package and of the native ones, on claims over points with torsion parts. */
import { ed25519 as nativeEd25519 } from '@evolock/kes-sum';
import type { VrfAlgorithm as NativeVrf } from '@evolock/vrf-praos';
import * as native from '@evolock/vrf-praos';
import fc from 'fast-check';
import { expect } from 'vitest';
import { ed25519, praosBatchCompatVrf, praosVrf, type VrfAlgorithm } from '../../src/index.js';
import { draft03, draft13, type Suite } from '../../src/vrf/drafts.js';
import { proofClaims, proofExamples, signatureClaims, signatureExamples } from './torsion.js';

/** Both packages have the same verdict on each of many claims. The examples are one valid and one invalid claim. */
export function expectVerdictsOfLibsodium(numRuns: number): void {
  const counts = { true: 0, false: 0 };
  fc.assert(
    fc.property(signatureClaims, ({ key, message, signature }) => {
      const verdict = nativeEd25519.verify(key, message, signature);
      counts[`${verdict}`] += 1;
      expect(ed25519.verify(key, message, signature)).toBe(verdict);
    }),
    { numRuns, examples: signatureExamples.map((claim) => [claim]) },
  );
  expect(counts.true).toBeGreaterThan(0);
  expect(counts.false).toBeGreaterThan(0);
}

/** A VRF here, the native one, and its draft. */
interface Compared {
  readonly vrf: VrfAlgorithm;
  readonly native: NativeVrf;
  readonly suite: Suite;
}

/** Both drafts. */
export const compared: readonly Compared[] = [
  { vrf: praosVrf, native: native.praosVrf, suite: draft03 },
  { vrf: praosBatchCompatVrf, native: native.praosBatchCompatVrf, suite: draft13 },
];

/** Both packages compute the same outputs of many proofs. The examples are one valid and one invalid proof. */
export function expectOutputsOfNative(
  { vrf, native: reference, suite }: Compared,
  numRuns: number,
): void {
  let valid = 0;
  fc.assert(
    fc.property(proofClaims(suite), ({ key, alpha, proof }) => {
      const output = reference.verify(key, alpha, proof);
      if (output !== undefined) valid += 1;
      expect(vrf.verify(key, alpha, proof)).toEqual(output);
      expect(vrf.outputOf(proof)).toEqual(reference.outputOf(proof));
    }),
    { numRuns, examples: proofExamples(suite).map((claim) => [claim]) },
  );
  expect(valid).toBeGreaterThan(0);
  expect(valid).toBeLessThan(numRuns);
}
