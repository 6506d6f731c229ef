/**
 * The only file that loads `sodium-native`, and the functions of it that the packages use. They check no arguments: every
 * caller checks its own.
 */
import { createRequire } from 'node:module';
// eslint-disable-next-line n/no-unpublished-import -- the rule does not know `imports` of package.json: they are published
import { requireSodium } from '#sodium-native';
import { SodiumUnavailableError } from '../errors.js';

/** The functions of libsodium 1.0.21 that are used, with their names in `sodium-native` 5.1.0. All sizes in bytes. */
export interface Sodium {
  sodium_malloc(size: number): Uint8Array;
  sodium_free(memory: Uint8Array): void;
  /** Throws when the memory cannot be locked. Does nothing when it is locked already. */
  sodium_mlock(memory: Uint8Array): void;
  sodium_memzero(memory: Uint8Array): void;
  sodium_memcmp(left: Uint8Array, right: Uint8Array): boolean;
  randombytes_buf(target: Uint8Array): void;
  crypto_generichash(output: Uint8Array, input: Uint8Array): void;
  /** The native function behind it, with no JavaScript around it: see {@link nativeGenericHashOf}. Returns a status. */
  nativeGenericHash(...places: readonly (ArrayBufferLike | number)[]): unknown;
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
    return { ...sodium, nativeGenericHash: nativeGenericHashOf(sodium) };
  } catch (cause) {
    throw new SodiumUnavailableError(cause);
  }
}

/** A module of `sodium-native`: its functions in JavaScript, or the native ones that these call. */
type SodiumModule = Partial<Record<'randombytes_random' | 'crypto_generichash', unknown>>;

/**
 * The native hash. `sodium-native` exports a function in JavaScript in its place, behind which secrets are still in the
 * processor's registers. The native one is exported by a module that it loads, and is taken from the cache of modules:
 * a bundler knows `sodium-native` alone as external. The right one is known by a function that both modules export.
 *
 * Where no such module is found, the function in JavaScript is called: with the same result, and without what
 * `uninterrupted.ts` promises.
 */
function nativeGenericHashOf(sodium: Sodium): Sodium['nativeGenericHash'] {
  const { randombytes_random: shared } = sodium as SodiumModule;
  const { cache } = createRequire(process.execPath);
  for (const [file, module] of Object.entries(cache)) {
    if (!BINDING.test(file)) continue;
    const native = module?.exports as SodiumModule;
    if (native.randombytes_random !== shared) continue;
    return native.crypto_generichash as Sodium['nativeGenericHash'];
  }
  return (digest, offset, length, input, inputOffset, inputLength) => {
    const view = (buffer: unknown, from: unknown, size: unknown): Uint8Array =>
      new Uint8Array(buffer as ArrayBuffer, from as number, size as number);
    sodium.crypto_generichash(view(digest, offset, length), view(input, inputOffset, inputLength));
  };
}

const BINDING = /[\\/]sodium-native[\\/]binding\.js$/;

/** The first call of a native function leaves its arguments on the C stack. So it is made with zeros. */
function warmUp(sodium: Sodium): void {
  const zeros = new Uint8Array(32);
  sodium.sodium_memzero(zeros);
  sodium.sodium_memcmp(zeros, new Uint8Array(32));
}

/** `sodium-native`, loaded. */
export const sodium: Sodium = load();
