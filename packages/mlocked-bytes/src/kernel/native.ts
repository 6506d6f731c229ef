/**
 * The only file that loads `sodium-native`, and the functions of it that the packages use. They check no arguments: every
 * caller checks its own.
 */
// The rule does not know `imports` of package.json, which are published with the package.
// eslint-disable-next-line n/no-unpublished-import
import { requireSodium } from '#sodium-native';
import { SodiumUnavailableError } from '../errors.js';

/** The functions of libsodium 1.0.21 that are used, as `sodium-native` 5.1.0 names them; all sizes in bytes. */
export interface Sodium {
  sodium_malloc(size: number): Uint8Array;
  sodium_free(memory: Uint8Array): void;
  /** Throws when the memory cannot be locked; on memory that is locked already it changes nothing. */
  sodium_mlock(memory: Uint8Array): void;
  sodium_memzero(memory: Uint8Array): void;
  sodium_memcmp(left: Uint8Array, right: Uint8Array): boolean;
  randombytes_buf(target: Uint8Array): void;
  crypto_generichash(output: Uint8Array, input: Uint8Array): void;
  crypto_sign_seed_keypair(verificationKey: Uint8Array, key: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, key: Uint8Array): void;
  crypto_sign_verify_detached(
    signature: Uint8Array,
    message: Uint8Array,
    verificationKey: Uint8Array,
  ): boolean;
}

function load(): Sodium {
  try {
    const sodium = requireSodium() as Sodium;
    warmUp(sodium);
    return sodium;
  } catch (cause) {
    throw new SodiumUnavailableError(cause);
  }
}

/** The first call of a native leaves its arguments on the C stack: let it be a call with nothing in them. */
function warmUp(sodium: Sodium): void {
  const zeros = new Uint8Array(32);
  sodium.sodium_memzero(zeros);
  sodium.sodium_memcmp(zeros, new Uint8Array(32));
}

/** `sodium-native`, loaded. */
export const sodium: Sodium = load();
