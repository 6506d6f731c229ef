/** The VRF of Praos as an algorithm. */
import { checkBytes } from '@evolock/direct-serialise/arguments';
import { POINT_SIZE } from '../curve.js';
import { draft03, draft13, type Suite } from './drafts.js';
import { outputOfProof, verifyProof } from './verify.js';

/** A verifiable random function, of which only verification is here. */
export interface VrfAlgorithm {
  /** The name of the algorithm in cardano-base: `PraosVRF`. */
  readonly name: string;
  /** Bytes of a verification key. */
  readonly verificationKeySize: 32;
  /** Bytes of a proof. */
  readonly proofSize: number;
  /** Bytes of an output. */
  readonly outputSize: 64;
  /**
   * Verifies a proof of a message, and returns its output: 64 bytes; `undefined` when the proof is not valid, and for wrong
   * sizes.
   */
  verify(verificationKey: Uint8Array, alpha: Uint8Array, proof: Uint8Array): Uint8Array | undefined;
  /**
   * The output, 64 bytes, of a proof that was verified before: this does not verify it. `undefined` for bytes that are no
   * proof of any message.
   */
  outputOf(proof: Uint8Array): Uint8Array | undefined;
}

/**
 * The VRF of Praos, in use on all networks: ECVRF-ED25519-SHA512-Elligator2 of draft-irtf-cfrg-vrf-03. Proofs have 80 bytes,
 * outputs 64. A proof is judged as by `crypto_vrf_ietfdraft03_verify` of cardano-base.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { praosVrf } from '@evolock/kes-verify';
 *
 * const verificationKey = new Uint8Array(32);
 * const alpha = new TextEncoder().encode('a message');
 * const proof = new Uint8Array(praosVrf.proofSize);
 * assert.equal(praosVrf.verify(verificationKey, alpha, proof), undefined);
 * ```
 */
export const praosVrf: VrfAlgorithm = /* @__PURE__ */ algorithmOf('PraosVRF', draft03);

/**
 * The VRF with batch-compatible proofs of cardano-base, which no network uses yet: draft-irtf-cfrg-vrf-13. Proofs have 128
 * bytes, outputs 64. A proof is judged as by `crypto_vrf_ietfdraft13_verify_batchcompat` of cardano-base.
 */
export const praosBatchCompatVrf: VrfAlgorithm = /* @__PURE__ */ algorithmOf(
  'PraosBatchCompatVRF',
  draft13,
);

function algorithmOf(name: string, suite: Suite): VrfAlgorithm {
  const { proofSize } = suite;
  return Object.freeze({
    name,
    verificationKeySize: POINT_SIZE,
    proofSize,
    outputSize: 64,
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
