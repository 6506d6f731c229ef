/**
 * Direct calls of `sodium-native`, for controls that do what the packages never do.
 */
import { createRequire } from 'node:module';
import type { Sodium } from '@evolock/mlocked-bytes/unsound';

interface Binding {
  sodium_add(target: Uint8Array, source: Uint8Array): void;
  randombytes_buf_deterministic(
    buffer: ArrayBufferLike,
    offset: number,
    length: number,
    seed: ArrayBufferLike,
    seedOffset: number,
    seedLength: number,
  ): void;
}

const require = createRequire(import.meta.url);

/** Loads `sodium-native` and calls none of its functions. */
export function rawSodium(): Sodium {
  return require('sodium-native') as Sodium;
}

/** The installed version. */
export function sodiumVersion(): string {
  return (require('sodium-native/package.json') as { version: string }).version;
}

const binding = (): Binding => require('sodium-native/binding') as Binding;

/** Reads the given number of bytes from the start of the memory. Native code does not check the source length. */
export function readFromNative(memory: Uint8Array, length: number): void {
  binding().sodium_add(new Uint8Array(length), memory);
}

const SEED_SIZE = 32;

/** Writes pseudo-random bytes at an offset in the memory. Native code adds offset and length modulo 2^32. */
export function writeFromNative(memory: Uint8Array, offset: number, length: number): void {
  const { buffer, byteOffset } = memory;
  const seed = new ArrayBuffer(SEED_SIZE);
  binding().randombytes_buf_deterministic(buffer, byteOffset + offset, length, seed, 0, SEED_SIZE);
}
