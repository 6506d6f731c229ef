/** What the two drafts of the VRF do differently. All of it is public. */

/** A proof as its parts. Points and scalars have 32 bytes. */
export interface ProofParts {
  /** The point of which the output is the hash. */
  readonly gamma: Uint8Array;
  /** The announcements k·B and k·H. */
  readonly announcements: Announcements;
  /** The challenge: 16 bytes, then zeros. */
  readonly challenge: Uint8Array;
  /** The response. */
  readonly response: Uint8Array;
}

/** What a prover announces before it knows the challenge. */
export interface Announcements {
  /** k·B, in verification s·B − c·Y. */
  readonly u: Uint8Array;
  /** k·H, in verification s·H − c·Γ. */
  readonly v: Uint8Array;
}

/** One draft: its hashes and its form of a proof. */
export interface Suite {
  /** Name of the algorithm in cardano-base. */
  readonly name: string;
  /** Bytes of a proof. */
  readonly proofSize: number;
  /** Hashes a message to a point of the main subgroup. */
  hashToCurve(verificationKey: Uint8Array, alpha: Uint8Array): Uint8Array;
  /** The challenge: 16 bytes of a hash, then zeros. */
  challenge(
    verificationKey: Uint8Array,
    hashed: Uint8Array,
    gamma: Uint8Array,
    announcements: Announcements,
  ): Uint8Array;
  /** The output: 64 bytes, from 8·Γ. */
  output(gammaTimesCofactor: Uint8Array): Uint8Array;
  /** The proof of its parts. */
  encode(parts: ProofParts): Uint8Array;
  /** The part that a proof of this draft holds beside Γ and the response. */
  decode(proof: Uint8Array): Pick<ProofParts, 'challenge'> | Pick<ProofParts, 'announcements'>;
}
