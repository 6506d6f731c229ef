/**
 * Extended Ed25519 signing keys (BIP32-Ed25519: Khovratovich, Law; section V). They sign in scratch memory: kL is the
 * scalar, kR is hashed with the message to the nonce. The signatures are those of RFC 8032.
 */
import {
  copyCall,
  copyOf,
  filled,
  lend,
  sodium,
  unsoundMemory,
} from '@evolock/mlocked-seed/unsound';
import { checkBytes, checkFunction, sameBytes } from '@evolock/direct-serialise/arguments';
import {
  allocateSlot,
  allocationOptionNames,
  type AllocationOptions,
  type DirectSerialise,
  LockedValue,
  type Pull,
  type Push,
} from '@evolock/mlocked-seed';
import { POINT_SIZE, sha512 } from './curve.js';
import { inScratch, reserveScratch, type ScalarScratch } from './scalar-scratch.js';
import { InconsistentVerificationKeyError } from './errors.js';

const { curve } = sodium;

/** Bytes of a serialised key: kL ‖ kR ‖ verification key ‖ chain code. */
const EXTENDED_KEY_SIZE = 128;

/** Places in a key. */
const LEFT = 0;
const RIGHT = POINT_SIZE;
const VERIFICATION_KEY = 2 * POINT_SIZE;

const ZERO = new Uint8Array(POINT_SIZE);

function part(memory: Uint8Array, offset: number): Uint8Array {
  return memory.subarray(offset, offset + POINT_SIZE);
}

/** Puts kL, modulo the order, in scratch memory. */
function loadScalar(scratch: ScalarScratch, memory: Uint8Array): void {
  scratch.run([
    copyCall(scratch.wide, part(memory, LEFT)),
    curve.crypto_core_ed25519_scalar_reduce.bind(undefined, scratch.scalar, scratch.wide),
  ]);
}

/** The verification key that a key states. */
export function statedKey(memory: Uint8Array): Uint8Array {
  return part(memory, VERIFICATION_KEY);
}

/**
 * Derives the verification key kL · B of the locked memory of a key into 32 bytes. Returns whether it is a key: kL is no
 * multiple of the order.
 */
function deriveKey(verificationKey: Uint8Array, memory: Uint8Array): boolean {
  return inScratch((scratch) => {
    loadScalar(scratch, memory);
    if (sodium.sodium_memcmp(scratch.scalar, ZERO)) return false;
    scratch.run([
      curve.crypto_scalarmult_ed25519_base_noclamp.bind(undefined, verificationKey, scratch.scalar),
    ]);
    return true;
  });
}

/** Signs a message with the locked memory of a key and its verification key: 64 bytes. */
function signExtended(
  memory: Uint8Array,
  verificationKey: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  return inScratch((scratch) => {
    const commitment = announceNonce(scratch, memory, message);
    const challenge = new Uint8Array(POINT_SIZE);
    const digest = sha512(commitment, verificationKey, message);
    curve.crypto_core_ed25519_scalar_reduce(challenge, digest);
    loadScalar(scratch, memory);
    const signature = new Uint8Array(2 * POINT_SIZE);
    signature.set(commitment);
    signature.set(scratch.respond(challenge), POINT_SIZE);
    return signature;
  });
}

/** Puts the nonce in scratch memory, and returns its multiple of the base point. The hash has its state in scratch memory. */
function announceNonce(
  scratch: ScalarScratch,
  memory: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  const commitment = new Uint8Array(POINT_SIZE);
  const { state, prefix, wide, nonce } = scratch;
  scratch.run([
    copyCall(prefix, part(memory, RIGHT)),
    curve.crypto_hash_sha512_init.bind(undefined, state),
    curve.crypto_hash_sha512_update.bind(undefined, state, prefix),
    curve.crypto_hash_sha512_update.bind(undefined, state, message),
    curve.crypto_hash_sha512_final.bind(undefined, state, wide),
    curve.crypto_core_ed25519_scalar_reduce.bind(undefined, nonce, wide),
    curve.crypto_scalarmult_ed25519_base_noclamp.bind(undefined, commitment, nonce),
  ]);
  wide.fill(0);
  return commitment;
}

/**
 * An extended Ed25519 signing key (BIP32-Ed25519), as wallets derive cold keys from a mnemonic: 128 bytes of locked memory,
 * kL ‖ kR ‖ verification key ‖ chain code, which are also its serialised form. Its signatures are ordinary Ed25519 signatures.
 * After `release` every use throws `ERR_EVOLOCK_RELEASED`.
 */
export class ExtendedSigningKey extends LockedValue implements DirectSerialise {
  /** The names of the options of {@link ExtendedSigningKey.directDeserialise}. */
  static readonly optionNames = allocationOptionNames;
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
