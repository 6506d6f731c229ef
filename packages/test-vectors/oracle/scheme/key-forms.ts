import { concatBytes } from '@noble/hashes/utils.js';
import type { KesAlgorithmKind } from '../../src/vectors/algorithm.js';
import { hash } from './hash.js';

/** A key in a form that carries its period. */
export interface FormedKey {
  readonly key: Uint8Array;
  readonly period: number;
}

/** A form of serialised keys. */
export interface Form {
  readonly write: (key: Uint8Array, period: number) => Uint8Array;
  readonly read: (encoded: Uint8Array) => FormedKey;
}

/** 4 bytes, big endian. */
export function writePeriod(period: number): Uint8Array {
  return Uint8Array.of(period >>> 24, (period >>> 16) & 255, (period >>> 8) & 255, period & 255);
}

function readPeriod(bytes: Uint8Array): number {
  return bytes.reduce((period, byte) => 256 * period + byte, 0);
}

/** The name whose hash is in the versioned form. */
export function nameOf(algorithm: KesAlgorithmKind, depth: number): string {
  const isCompact = algorithm === 'compactSum' || algorithm === 'compactSingle';
  return `ed25519_${isCompact ? 'compact_' : ''}kes_2^${depth}`;
}

/** `evok`, version 1, three zeroes, and the first 8 bytes of the hash of the name. */
export function versionedPrefix(name: string): Uint8Array {
  const letters = new TextEncoder().encode('evok');
  const tag = hash(new TextEncoder().encode(name)).slice(0, 8);
  return concatBytes(letters, Uint8Array.of(1, 0, 0, 0), tag);
}

/** The layout of the Rust crate: the period after the key. */
export const rust: Form = {
  write: (key, period) => concatBytes(key, writePeriod(period)),
  read: (encoded) => ({ key: encoded.slice(0, -4), period: readPeriod(encoded.slice(-4)) }),
};

/** The versioned form of an algorithm. */
export function versioned(name: string): Form {
  const prefix = versionedPrefix(name);
  return {
    write: (key, period) => concatBytes(prefix, writePeriod(period), key),
    read(encoded) {
      if (prefix.some((byte, index) => byte !== encoded[index])) {
        throw new RangeError(`not a versioned key of ${name}`);
      }
      return { key: encoded.slice(20), period: readPeriod(encoded.slice(16, 20)) };
    },
  };
}
