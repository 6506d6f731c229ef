/**
 * The primitives of `sodium-native` without the packages, with which everything is compared.
 */
import { createRequire } from 'node:module';
import type { NativeCurve, Sodium } from '@evolock/mlocked-bytes/unsound';

const require = createRequire(import.meta.url);

/** The library. Its functions throw when a native function reports a failure. */
export const sodium = require('sodium-native') as Sodium & NativeCurve;

/** A key pair in memory that libsodium locks, like the keys of the packages. */
export function bareKeyPair(): { verificationKey: Uint8Array; key: Uint8Array; seed: Uint8Array } {
  const seed = sodium.sodium_malloc(32).fill(7);
  const key = sodium.sodium_malloc(64);
  const verificationKey = new Uint8Array(32);
  sodium.crypto_sign_seed_keypair(verificationKey, key, seed);
  return { verificationKey, key, seed };
}
