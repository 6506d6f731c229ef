/** A signing key of one use: its verification key is taken, and it is released. */
interface OfOneUse {
  deriveVerificationKey(): Uint8Array;
  release(): void;
}

/** The verification key of a signing key. Releases the signing key. */
export function derivedOf(signingKey: OfOneUse): Uint8Array {
  try {
    return signingKey.deriveVerificationKey();
  } finally {
    signingKey.release();
  }
}
