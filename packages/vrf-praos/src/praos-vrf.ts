/** The VRF of Praos as an algorithm. */
import { checkBytes } from '@evolock/direct-serialise/arguments';
import {
  allocationOptionNames,
  type AllocationOptions,
  type MLockedSeed,
  type Pull,
} from '@evolock/mlocked-seed';
import { POINT_SIZE } from './curve.js';
import { draft03, draft13, type Suite } from './suite/drafts.js';
import { SEED_SIZE, SIGNING_KEY_SIZE } from './prover.js';
import { generateKey, readKey } from './signing-key.js';
import { outputOfProof, verifyProof } from './verifier.js';
import type { VrfAlgorithm } from './vrf-algorithm.js';

/** Name and size of {@link praosVrf}. */
export interface PraosVrfShape {
  readonly name: 'PraosVRF';
  readonly proofSize: 80;
}

/** The type of {@link praosVrf}. */
export type PraosVrf = VrfAlgorithm<PraosVrfShape>;

/**
 * The VRF of Praos, in use on all networks: ECVRF-ED25519-SHA512-Elligator2 of draft-irtf-cfrg-vrf-03. Proofs have 80 bytes,
 * outputs 64. A proof is judged as by `crypto_vrf_ietfdraft03_verify` of cardano-base.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedSeed, praosVrf } from '@evolock/vrf-praos';
 *
 * const seed = MLockedSeed.newRandom(32);
 * const key = praosVrf.generateKey(seed);
 * const alpha = new Uint8Array(32);
 * const proof = key.prove(alpha);
 * const output = praosVrf.verify(key.deriveVerificationKey(), alpha, proof);
 * assert.deepEqual(output, praosVrf.outputOf(proof));
 * key.release();
 * seed.release();
 * ```
 */
export const praosVrf: PraosVrf = algorithmOf('PraosVRF', 80, draft03);

/** Name and size of {@link praosBatchCompatVrf}. */
export interface PraosBatchCompatVrfShape {
  readonly name: 'PraosBatchCompatVRF';
  readonly proofSize: 128;
}

/** The type of {@link praosBatchCompatVrf}. */
export type PraosBatchCompatVrf = VrfAlgorithm<PraosBatchCompatVrfShape>;

/**
 * The VRF with batch-compatible proofs of cardano-base, which no network uses yet: draft-irtf-cfrg-vrf-13. Proofs have 128
 * bytes, outputs 64. A proof is judged as by `crypto_vrf_ietfdraft13_verify_batchcompat` of cardano-base.
 */
export const praosBatchCompatVrf: PraosBatchCompatVrf = algorithmOf(
  'PraosBatchCompatVRF',
  128,
  draft13,
);

function algorithmOf<const Name extends string, const Size extends number>(
  name: Name,
  proofSize: Size,
  suite: Suite,
): VrfAlgorithm<{ readonly name: Name; readonly proofSize: Size }> {
  return Object.freeze({
    name,
    seedSize: SEED_SIZE,
    verificationKeySize: POINT_SIZE,
    signingKeySize: SIGNING_KEY_SIZE,
    proofSize,
    outputSize: 64,
    lockedSize: SIGNING_KEY_SIZE,
    optionNames: allocationOptionNames,
    generateKey: (seed: MLockedSeed<32>, options?: AllocationOptions) =>
      generateKey(suite, seed, options),
    directDeserialise: (pull: Pull, options?: AllocationOptions) => readKey(suite, pull, options),
    verify(verificationKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array) {
      const claim = {
        verificationKey: checkBytes('verificationKey', verificationKey),
        alpha: checkBytes('alpha', alpha),
        proof: checkBytes('proof', proof),
      };
      if (claim.verificationKey.length !== POINT_SIZE || claim.proof.length !== proofSize)
        return undefined;
      return verifyProof(suite, claim);
    },
    outputOf(proof: Uint8Array) {
      const bytes = checkBytes('proof', proof);
      return bytes.length === proofSize ? outputOfProof(suite, bytes) : undefined;
    },
  } as const);
}
