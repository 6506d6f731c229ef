/** The functions of `sodium-native` that the packages use. They check no arguments: every caller checks its own. */
import { SodiumUnavailableError } from '../errors.js';
import { requireSodium } from './require-sodium.js';

/** The functions of libsodium 1.0.21 that are used, with their names in `sodium-native` 5.1.0. All sizes in bytes. */
export interface Sodium {
  /** A mapping between guard pages. It is proved locked afterwards. */
  sodium_malloc(size: number): Uint8Array;
  /** Wipes a mapping, and gives it back. */
  sodium_free(memory: Uint8Array): void;
  /** Throws when the memory cannot be locked. Does nothing when it is locked already. */
  sodium_mlock(memory: Uint8Array): void;
  /** Overwrites with zeros. */
  sodium_memzero(memory: Uint8Array): void;
  /** Compares bytes of one length, in constant time. */
  sodium_memcmp(left: Uint8Array, right: Uint8Array): boolean;
  /** Fills with random bytes of the system. */
  randombytes_buf(target: Uint8Array): void;
  /** Blake2b without a key. */
  crypto_generichash(output: Uint8Array, input: Uint8Array): void;
  /** The native function behind it, with no JavaScript around it: see `genericHashOf`. Returns a status. */
  nativeGenericHash(...places: readonly (ArrayBufferLike | number)[]): unknown;
  /** The Ed25519 key of a seed of 32 bytes: seed ‖ verification key, 64 bytes. */
  crypto_sign_seed_keypair(verificationKey: Uint8Array, key: Uint8Array, seed: Uint8Array): void;
  /** An Ed25519 signature of 64 bytes. */
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, key: Uint8Array): void;
  /** Whether an Ed25519 signature is valid. */
  crypto_sign_verify_detached(
    signature: Uint8Array,
    message: Uint8Array,
    verificationKey: Uint8Array,
  ): boolean;
  /** Arithmetic of the curve of Ed25519, with no JavaScript around it. */
  readonly curve: NativeCurve;
}

/** A native function that returns a status: `undefined` or 0 when it succeeded. */
type WithStatus = (...bytes: Uint8Array[]) => number | undefined;

/**
 * The functions of libsodium for the curve of Ed25519, and its hash. They return a status and throw nothing. Points and
 * scalars have 32 bytes, the first argument is the result.
 */
export interface NativeCurve {
  /** SHA-512: a digest of 64 bytes, any input. */
  readonly crypto_hash_sha512: WithStatus;
  /** State of 208 bytes. */
  readonly crypto_hash_sha512_init: WithStatus;
  /** State, input. */
  readonly crypto_hash_sha512_update: WithStatus;
  /** State, digest of 64 bytes. */
  readonly crypto_hash_sha512_final: WithStatus;
  /** The first half of SHA-512 of a seed, as a scalar with its fixed bits: the result, the signing key of 64 bytes. */
  readonly crypto_sign_ed25519_sk_to_curve25519: WithStatus;
  /** Elligator 2 of 32 bytes, times the cofactor. */
  readonly crypto_core_ed25519_from_uniform: WithStatus;
  /** The sum of two points; fails when one is not on the curve. */
  readonly crypto_core_ed25519_add: WithStatus;
  readonly crypto_core_ed25519_sub: WithStatus;
  /** The sum of two scalars. */
  readonly crypto_core_ed25519_scalar_add: WithStatus;
  readonly crypto_core_ed25519_scalar_negate: WithStatus;
  /** 64 bytes, little endian, modulo the order of the group. */
  readonly crypto_core_ed25519_scalar_reduce: WithStatus;
  /** Scalar times base point; fails when the result is the identity. */
  readonly crypto_scalarmult_ed25519_base_noclamp: WithStatus;
  /**
   * The result, scalar, point. Fails when the point is not canonical, has a small order or a torsion part, and when the
   * result is the identity.
   */
  readonly crypto_scalarmult_ed25519_noclamp: WithStatus;
}

const CURVE_FUNCTIONS: readonly (keyof NativeCurve)[] = [
  'crypto_hash_sha512',
  'crypto_hash_sha512_init',
  'crypto_hash_sha512_update',
  'crypto_hash_sha512_final',
  'crypto_sign_ed25519_sk_to_curve25519',
  'crypto_core_ed25519_from_uniform',
  'crypto_core_ed25519_add',
  'crypto_core_ed25519_sub',
  'crypto_core_ed25519_scalar_add',
  'crypto_core_ed25519_scalar_negate',
  'crypto_core_ed25519_scalar_reduce',
  'crypto_scalarmult_ed25519_base_noclamp',
  'crypto_scalarmult_ed25519_noclamp',
];

/**
 * The functions that `sodium-native` exports, and of those behind them, with no JavaScript around, the ones that get secrets:
 * after a function in JavaScript, secrets are still in the processor's registers.
 */
function load(): Sodium {
  try {
    const { exported, native } = requireSodium() as {
      readonly exported: Sodium;
      readonly native: NativeCurve & { readonly crypto_generichash: Sodium['nativeGenericHash'] };
    };
    warmUp(exported);
    const curve = Object.fromEntries(CURVE_FUNCTIONS.map((name) => [name, native[name]]));
    return {
      ...exported,
      nativeGenericHash: native.crypto_generichash,
      // The list has every name of the interface.
      curve: curve as unknown as NativeCurve,
    };
  } catch (cause) {
    throw new SodiumUnavailableError(cause);
  }
}

/** The first call of a native function leaves its arguments on the C stack. So it is made with zeros. */
function warmUp(sodium: Sodium): void {
  const zeros = new Uint8Array(32);
  sodium.sodium_memzero(zeros);
  sodium.sodium_memcmp(zeros, new Uint8Array(32));
}

/** `sodium-native`, loaded. */
export const sodium: Sodium = load();
