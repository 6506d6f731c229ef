/** Signing keys of the VRF. */
import { checkBytes, checkFunction, sameBytes } from '@evolock/direct-serialise/arguments';
import {
  allocateSlot,
  checkSeed,
  LockedValue,
  MLockedSeed,
  type AllocationOptions,
  type DirectSerialise,
  type Pull,
  type Push,
} from '@evolock/mlocked-seed';
import {
  copyOf,
  copySecret,
  filled,
  lend,
  sodium,
  unsoundMemory,
} from '@evolock/mlocked-seed/unsound';
import { POINT_SIZE } from './curve.js';
import { InconsistentVerificationKeyError } from './errors.js';
import { prove, SEED_SIZE, SIGNING_KEY_SIZE } from './prover.js';
import { inScratch, reserveScratch } from './scalar-scratch.js';
import type { Suite } from './suite/drafts.js';

let newKey: (
  suite: Suite,
  verificationKey: Uint8Array,
  options: AllocationOptions | undefined,
) => VrfSigningKey;

/**
 * A signing key of the VRF: 64 bytes of locked memory, seed ‖ verification key, which are also its serialised form. It is
 * made by `generateKey` and `directDeserialise` of an algorithm. After `release` every use throws `ERR_EVOLOCK_RELEASED`.
 */
export class VrfSigningKey extends LockedValue implements DirectSerialise {
  readonly #suite: Suite;
  /** In ordinary memory: a callback that is lent the key cannot change it. */
  readonly #verificationKey: Uint8Array;

  private constructor(
    suite: Suite,
    verificationKey: Uint8Array,
    options: AllocationOptions | undefined,
  ) {
    reserveScratch();
    super(allocateSlot(SIGNING_KEY_SIZE, options));
    this.#suite = suite;
    this.#verificationKey = verificationKey;
  }

  static {
    newKey = (suite, verificationKey, options) =>
      new VrfSigningKey(suite, verificationKey, options);
  }

  /** Private: a method that is called on another locked value would prove with a wrong public half. */
  get #memory(): Uint8Array {
    return unsoundMemory(this);
  }

  /** Name of the algorithm: `PraosVRF`. */
  get algorithmName(): string {
    return this.#suite.name;
  }

  /**
   * Proves a message of any number of bytes: `proofSize` bytes, the same for the same message. `outputOf` of the algorithm
   * returns the output. Source: draft-irtf-cfrg-vrf-03, section 5.1; draft-irtf-cfrg-vrf-13, section 5.1.
   */
  prove(alpha: Uint8Array): Uint8Array {
    const message = checkBytes('alpha', alpha);
    return prove(this.#suite, this.#memory, this.#verificationKey, message);
  }

  /** The verification key of this key: 32 bytes. */
  deriveVerificationKey(): Uint8Array {
    unsoundMemory(this);
    return this.#verificationKey.slice();
  }

  /** A copy in locked memory of its own. The key is gone when both are released. */
  clone(options?: AllocationOptions): VrfSigningKey {
    return copyOf(this, new VrfSigningKey(this.#suite, this.#verificationKey, options));
  }

  /** The seed of the key, in locked memory of its own. The caller releases it. */
  seed(options?: AllocationOptions): MLockedSeed<32> {
    return filled(MLockedSeed.newZeroed(SEED_SIZE, options), (memory) => {
      copySecret(memory, this.#memory.subarray(0, SEED_SIZE));
    });
  }

  protected override describe(): string[] {
    const verificationKey = Buffer.from(this.deriveVerificationKey()).toString('hex');
    return [`${this.#suite.name} verification key ${verificationKey}`];
  }

  /** Pushes one block of 64 bytes: seed ‖ verification key. */
  directSerialise(push: Push): void {
    const memory = this.#memory;
    checkFunction('push', push);
    lend(memory, push);
  }
}

/** Makes the key of a seed. */
export function generateKey(
  suite: Suite,
  seed: MLockedSeed<32>,
  options: AllocationOptions | undefined,
): VrfSigningKey {
  const checked = checkSeed('seed', seed, SEED_SIZE);
  const verificationKey = new Uint8Array(POINT_SIZE);
  return filled(newKey(suite, verificationKey, options), (memory) => {
    sodium.crypto_sign_seed_keypair(verificationKey, memory, unsoundMemory(checked));
  });
}

/** Reads a key, and compares its verification key with the one of its seed. */
export function readKey(
  suite: Suite,
  pull: Pull,
  options: AllocationOptions | undefined,
): VrfSigningKey {
  checkFunction('pull', pull);
  const verificationKey = new Uint8Array(POINT_SIZE);
  return filled(newKey(suite, verificationKey, options), (memory) => {
    lend(memory, pull);
    inScratch((scratch) => {
      scratch.deriveVerificationKey(verificationKey, memory.subarray(0, SEED_SIZE));
    });
    if (!sameBytes(verificationKey, memory.subarray(SEED_SIZE)))
      throw new InconsistentVerificationKeyError('VRF signing key');
  });
}
