/**
 * Signatures and proofs that others made. This file uses no native package, so `npm run test:portable` runs it on
 * systems that these packages do not support.
 */
import { haskellKesVectors, vrfVectors } from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import {
  compactSumKesOfDepth,
  praosBatchCompatVrf,
  praosVrf,
  sumKesOfDepth,
} from '../../src/index.js';

/** Single and compact single are the sums of depth 0. */
const ofDepth = (algorithm: string, depth: number) =>
  algorithm.startsWith('compact') ? compactSumKesOfDepth(depth) : sumKesOfDepth(depth);

test.each(
  haskellKesVectors().map((key) => [`${key.algorithm} of depth ${key.depth}`, key] as const),
)(
  'signatures of the Haskell reference: %s',
  (_, { algorithm, depth, verificationKey, periods }) => {
    const scheme = ofDepth(algorithm, depth);
    const { period, message, signature } = periods.at(-1)!;
    const other = Uint8Array.of(...message, 0);
    expect(scheme.verify(verificationKey, period, message, signature)).toBe(true);
    expect(scheme.verify(verificationKey, period, other, signature)).toBe(false);
  },
);

test.each(vrfVectors().proofs.map((vector) => [vector.name, vector] as const))(
  'a proof of %s',
  (_, { algorithm, verificationKey, alpha, proof, output }) => {
    const vrf = algorithm === 'PraosVRF' ? praosVrf : praosBatchCompatVrf;
    expect(vrf.verify(verificationKey, alpha, proof)).toEqual(output);
    expect(vrf.verify(verificationKey, Uint8Array.of(...alpha, 0), proof)).toBeUndefined();
  },
);
