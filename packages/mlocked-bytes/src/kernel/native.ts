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

function load(): Sodium {
  try {
    const sodium = requireSodium() as Sodium;
    warmUp(sodium);
    const native = nativeModuleOf(sodium);
    return {
      ...sodium,
      nativeGenericHash: native?.crypto_generichash ?? genericHashOf(sodium),
      curve: native === undefined ? curveOf(sodium) : curveFrom((name) => native[name]),
    };
  } catch (cause) {
    throw new SodiumUnavailableError(cause);
  }
}

/** The functions of the curve, and the function by which the two modules of `sodium-native` recognise each other. */
type SodiumModule = NativeCurve & { readonly randombytes_random?: unknown };

/** The module of `sodium-native` that exports the native functions themselves. */
type NativeModule = SodiumModule & { readonly crypto_generichash: Sodium['nativeGenericHash'] };

/**
 * The native functions. `sodium-native` exports functions in JavaScript in their place, behind which secrets are still in
 * the processor's registers. The native ones are exported by a module that it loads, and are taken from the cache of
 * modules: a bundler knows `sodium-native` alone as external. The right module is known by a function that both export.
 *
 * Returns `undefined` when there is no such module. The functions in JavaScript are called then: with the same result, and
 * without what `uninterrupted.ts` promises.
 */
function nativeModuleOf(sodium: object): NativeModule | undefined {
  const { randombytes_random: shared } = sodium as SodiumModule;
  const { cache } = createRequire(process.execPath);
  for (const [file, module] of Object.entries(cache)) {
    if (!BINDING.test(file)) continue;
    const native = module?.exports as NativeModule;
    if (native.randombytes_random === shared) return native;
  }
  return undefined;
}

function genericHashOf(sodium: Sodium): Sodium['nativeGenericHash'] {
  return (digest, offset, length, input, inputOffset, inputLength) => {
    const view = (buffer: unknown, from: unknown, size: unknown): Uint8Array =>
      new Uint8Array(buffer as ArrayBuffer, from as number, size as number);
    sodium.crypto_generichash(view(digest, offset, length), view(input, inputOffset, inputLength));
  };
}

/** The functions in JavaScript throw when the native function reports a failure. */
function curveOf(sodium: object): NativeCurve {
  const functions = sodium as SodiumModule;
  return curveFrom((name) => (...bytes) => {
    try {
      functions[name](...bytes);
      return 0;
    } catch {
      return -1;
    }
  });
}

function curveFrom(functionOf: (name: keyof NativeCurve) => WithStatus): NativeCurve {
  const named = CURVE_FUNCTIONS.map((name) => [name, functionOf(name)] as const);
  // The list has every name of the interface.
  return Object.fromEntries(named) as unknown as NativeCurve;
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
