/** What the two drafts of the VRF do differently. */
import type { CurvePoint } from '../curve.js';

/** What a prover announces before it knows the challenge, as encoded points. */
export interface Announcements {
  /** s·B − c·Y. */
  readonly u: Uint8Array;
  /** s·H − c·Γ. */
  readonly v: Uint8Array;
}

/** What of a proof the challenge is the hash of, as encoded points. */
export interface Transcript extends Announcements {
  readonly verificationKey: Uint8Array;
  readonly hashed: Uint8Array;
  readonly gamma: Uint8Array;
}

/** One draft: its hashes and its form of a proof. */
export interface Suite {
  /** Bytes of a proof. */
  readonly proofSize: number;
  /** Hashes a message to a point of the main subgroup. */
  hashToCurve(verificationKey: Uint8Array, alpha: Uint8Array): CurvePoint;
  /** The challenge, a number of 128 bits. */
  challenge(transcript: Transcript): bigint;
  /** The output: 64 bytes, from 8·Γ. */
  output(gammaTimesCofactor: Uint8Array): Uint8Array;
  /** What a proof of this draft holds beside Γ and the response. */
  decode(proof: Uint8Array): { readonly challenge: bigint } | Announcements;
}
