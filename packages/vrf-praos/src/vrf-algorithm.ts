/** The interface of a VRF. */
import type {
  AllocationOptions,
  DirectDeserialise,
  MLockedSeed,
  Pull,
} from '@evolock/mlocked-seed';
import type { VrfSigningKey } from './signing-key.js';

/** Name and sizes, in bytes, of a VRF, as a type. */
export interface VrfShape {
  readonly name: string;
  readonly proofSize: number;
}

/**
 * A verifiable random function: a proof of a message has one output, and only the owner of the signing key can make it.
 * `directDeserialise` reads a signing key, so a DirectSerialise helper takes the algorithm as the type of a value.
 */
export interface VrfAlgorithm<Shape extends VrfShape = VrfShape> extends DirectDeserialise<
  VrfSigningKey,
  AllocationOptions
> {
  /** The name of the algorithm in cardano-base: `PraosVRF`. */
  readonly name: Shape['name'];
  /** Bytes of a seed. */
  readonly seedSize: 32;
  /** Bytes of a verification key. */
  readonly verificationKeySize: 32;
  /** Bytes of a serialised signing key: seed ‖ verification key. */
  readonly signingKeySize: 64;
  /** Bytes of a proof. */
  readonly proofSize: Shape['proofSize'];
  /** Bytes of an output. */
  readonly outputSize: 64;
  /** Bytes of locked memory that a live signing key takes. */
  readonly lockedSize: number;
  /** Makes the key of a seed; the caller still owns the seed and releases it. */
  generateKey(seed: MLockedSeed<32>, options?: AllocationOptions): VrfSigningKey;
  /** Reads a signing key: one block of 64 bytes, which is checked. */
  directDeserialise(pull: Pull, options?: AllocationOptions): VrfSigningKey;
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
