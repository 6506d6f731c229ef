/**
 * `sodium-native` without the packages in between: for controls, which have to do what the packages never do.
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

/** Loads it, and calls nothing. */
export function rawSodium(): Sodium {
  return require('sodium-native') as Sodium;
}

/** The version that is installed. */
export function sodiumVersion(): string {
  return (require('sodium-native/package.json') as { version: string }).version;
}

const binding = (): Binding => require('sodium-native/binding') as Binding;

/** Reads as many bytes from the beginning of the memory as are asked for: nobody looks at the length of a source. */
export function readFromNative(memory: Uint8Array, length: number): void {
  binding().sodium_add(new Uint8Array(length), memory);
}

const SEED_SIZE = 32;

/** Writes pseudo-random bytes from an offset in the memory on. The sum of offset and length is taken modulo 2^32. */
export function writeFromNative(memory: Uint8Array, offset: number, length: number): void {
  const { buffer, byteOffset } = memory;
  const seed = new ArrayBuffer(SEED_SIZE);
  binding().randombytes_buf_deterministic(buffer, byteOffset + offset, length, seed, 0, SEED_SIZE);
}
