import { readVectorFile } from '../vector-file.js';
import { hexToBytes } from './bytes.js';

/**
 * The VRFs of the vectors, by their names in cardano-base: draft 03, and draft 13 with batch-compatible proofs.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { VRF_ALGORITHMS } from '@evolock/test-vectors';
 *
 * assert.equal(VRF_ALGORITHMS[0], 'PraosVRF');
 * ```
 */
export const VRF_ALGORITHMS = ['PraosVRF', 'PraosBatchCompatVRF'] as const;

/** A VRF of the vectors. */
export type VrfAlgorithmName = (typeof VRF_ALGORITHMS)[number];

/** A proof that an implementation must make byte for byte. */
export interface VrfProofVector {
  /** The VRF. */
  readonly algorithm: VrfAlgorithmName;
  /** A name that is unique for the VRF. */
  readonly name: string;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** The message. */
  readonly alpha: Uint8Array;
  /** 80 or 128 bytes. */
  readonly proof: Uint8Array;
  /** 64 bytes. */
  readonly output: Uint8Array;
}

/** A proof, and how the reference judges it. */
export interface VrfVerdictVector {
  /** The VRF. */
  readonly algorithm: VrfAlgorithmName;
  /** What is unusual about it. */
  readonly why: string;
  /** Mostly 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** The message. */
  readonly alpha: Uint8Array;
  /** Mostly 80 or 128 bytes. */
  readonly proof: Uint8Array;
  /** The output, 64 bytes, of a valid proof; `undefined` when the proof must be refused. */
  readonly output: Uint8Array | undefined;
}

/** The vectors of `vrf.json`. */
export interface VrfVectors {
  /** Proofs that an implementation must make. */
  readonly proofs: readonly VrfProofVector[];
  /** Proofs that an implementation must accept or refuse. */
  readonly verdicts: readonly VrfVerdictVector[];
}

interface VrfContent {
  readonly proofs: readonly {
    readonly algorithm: VrfAlgorithmName;
    readonly name: string;
    readonly seedHex: string;
    readonly verificationKeyHex: string;
    readonly alphaHex: string;
    readonly proofHex: string;
    readonly outputHex: string;
  }[];
  readonly verdicts: readonly {
    readonly algorithm: VrfAlgorithmName;
    readonly why: string;
    readonly verificationKeyHex: string;
    readonly alphaHex: string;
    readonly proofHex: string;
    readonly outputHex: string | null;
  }[];
}

/**
 * The vectors of `vrf.json`: proofs of both VRFs, and proofs that few verifiers judge alike (torsion parts, small orders,
 * encodings that are not canonical), judged as by cardano-base.
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { vrfVectors } from '@evolock/test-vectors';
 *
 * const { proofs, verdicts } = vrfVectors();
 * assert.equal(proofs[0]?.proof.length, 80);
 * assert.ok(verdicts.some(({ output }) => output === undefined));
 * ```
 */
export function vrfVectors(): VrfVectors {
  const { proofs, verdicts } = readVectorFile('vrf.json') as VrfContent;
  return {
    proofs: proofs.map((vector) => ({
      algorithm: vector.algorithm,
      name: vector.name,
      seed: hexToBytes(vector.seedHex),
      verificationKey: hexToBytes(vector.verificationKeyHex),
      alpha: hexToBytes(vector.alphaHex),
      proof: hexToBytes(vector.proofHex),
      output: hexToBytes(vector.outputHex),
    })),
    verdicts: verdicts.map((vector) => ({
      algorithm: vector.algorithm,
      why: vector.why,
      verificationKey: hexToBytes(vector.verificationKeyHex),
      alpha: hexToBytes(vector.alphaHex),
      proof: hexToBytes(vector.proofHex),
      output: vector.outputHex === null ? undefined : hexToBytes(vector.outputHex),
    })),
  };
}
