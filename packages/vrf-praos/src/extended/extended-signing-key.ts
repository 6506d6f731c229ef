/** Extended Ed25519 signing keys. */
import { checkBytes, checkFunction, sameBytes } from '@evolock/direct-serialise/arguments';
import {
  allocateSlot,
  LockedValue,
  type AllocationOptions,
  type DirectSerialise,
  type Pull,
  type Push,
} from '@evolock/mlocked-seed';
import { copyOf, filled, lend, unsoundMemory } from '@evolock/mlocked-seed/unsound';
import { POINT_SIZE } from '../curve.js';
import { InconsistentVerificationKeyError } from '../errors.js';
import { deriveKey, EXTENDED_KEY_SIZE, signExtended, statedKey } from './extended-signer.js';
import { reserveScratch } from '../scalar-scratch.js';

/**
 * An extended Ed25519 signing key (BIP32-Ed25519), as wallets derive cold keys from a mnemonic: 128 bytes of locked memory,
 * kL ‖ kR ‖ verification key ‖ chain code, which are also its serialised form. Its signatures are ordinary Ed25519 signatures.
 * After `release` every use throws `ERR_EVOLOCK_RELEASED`.
 */
export class ExtendedSigningKey extends LockedValue implements DirectSerialise {
  /** In ordinary memory: a callback that is lent the key cannot change it. A signature with another one reveals the key. */
  readonly #verificationKey: Uint8Array;

  private constructor(verificationKey: Uint8Array, options: AllocationOptions | undefined) {
    reserveScratch();
    super(allocateSlot(EXTENDED_KEY_SIZE, options));
    this.#verificationKey = verificationKey;
  }

  /** Private: a method that is called on another locked value would sign with a wrong public half. */
  get #memory(): Uint8Array {
    return unsoundMemory(this);
  }

  /**
   * Reads a key: one block of 128 bytes, kL ‖ kR ‖ verification key ‖ chain code. The verification key is compared with the
   * one of kL. The chain code is kept, and not checked.
   *
   * @throws {@link InconsistentVerificationKeyError} `ERR_EVOLOCK_VRF_INCONSISTENT_KEY` when they differ.
   */
  static directDeserialise(pull: Pull, options?: AllocationOptions): ExtendedSigningKey {
    checkFunction('pull', pull);
    const verificationKey = new Uint8Array(POINT_SIZE);
    return filled(new ExtendedSigningKey(verificationKey, options), (memory) => {
      lend(memory, pull);
      const isPoint = deriveKey(verificationKey, memory);
      if (!isPoint || !sameBytes(verificationKey, statedKey(memory)))
        throw new InconsistentVerificationKeyError('extended signing key');
    });
  }

  /**
   * Signs a message of any length: 64 bytes, which Ed25519 verifies (BIP32-Ed25519, section V; RFC 8032, section 5.1.6).
   */
  sign(message: Uint8Array): Uint8Array {
    const bytes = checkBytes('message', message);
    return signExtended(this.#memory, this.#verificationKey, bytes);
  }

  /** The verification key of this key: 32 bytes. */
  deriveVerificationKey(): Uint8Array {
    unsoundMemory(this);
    return this.#verificationKey.slice();
  }

  /** A copy in locked memory of its own. The key is gone when both are released. */
  clone(options?: AllocationOptions): ExtendedSigningKey {
    return copyOf(this, new ExtendedSigningKey(this.#verificationKey, options));
  }

  protected override describe(): string[] {
    return [`verification key ${Buffer.from(this.deriveVerificationKey()).toString('hex')}`];
  }

  /** Pushes one block of 128 bytes: kL ‖ kR ‖ verification key ‖ chain code. */
  directSerialise(push: Push): void {
    const memory = this.#memory;
    checkFunction('push', push);
    lend(memory, push);
  }
}
