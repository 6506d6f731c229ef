/**
 * The one place where `sodium-native` is loaded, with the functions that the packages use and no others.
 *
 * It is for the packages above. Nothing here checks an argument: every caller looks at its own first.
 *
 * @module
 */
import { createRequire } from 'node:module';
import { EvolockError } from '@evolock/direct-serialise';

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

/**
 * There is no `sodium-native` for this platform, or it could not be loaded. Thrown on import; `cause` says why.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 *
 * try {
 *   await import('@evolock/mlocked-bytes');
 * } catch (error) {
 *   // Only on a platform without a prebuilt sodium-native.
 *   assert.equal((error as { code?: string }).code, 'ERR_EVOLOCK_SODIUM_UNAVAILABLE');
 * }
 * ```
 */
export class SodiumUnavailableError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_SODIUM_UNAVAILABLE';

  constructor(cause: unknown) {
    super(
      `sodium-native could not be loaded on ${process.platform}-${process.arch}. It is prebuilt for Linux ` +
        '(x64 and arm64, glibc 2.33 or later, not musl), macOS and Windows: install it without --omit=optional and ' +
        'without moving it out of node_modules, or run on one of these platforms',
      { cause },
    );
  }
}

function load(): Sodium {
  let sodium: Sodium;
  try {
    sodium = createRequire(import.meta.url)('sodium-native') as Sodium;
    warmUp(sodium);
  } catch (cause) {
    throw new SodiumUnavailableError(cause);
  }
  return sodium;
}

/** The first call of a native leaves its arguments on the C stack: let it be a call with nothing in them. */
function warmUp(sodium: Sodium): void {
  const zeros = new Uint8Array(32);
  sodium.sodium_memzero(zeros);
  sodium.sodium_memcmp(zeros, new Uint8Array(32));
}

/** `sodium-native`, loaded. */
export const sodium: Sodium = load();
