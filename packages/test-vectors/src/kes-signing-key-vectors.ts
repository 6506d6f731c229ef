import { hexToBytes } from './hex.js';
import { readVectorFile } from './vector-file.js';

/** One key over its whole life. Sum and compact sum keys are the same bytes. */
export interface KesSigningKeyVector {
  /** 0 to 7. */
  readonly depth: number;
  /** 2^depth. */
  readonly totalPeriods: number;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** Sizes of the blocks of DirectSerialise in order: 1 + 3 · depth times 32 bytes. */
  readonly blockSizes: readonly number[];
  /** The serialised key at every period, 32 + 96 · depth bytes each; the index is the period. */
  readonly signingKeys: readonly Uint8Array[];
}

interface Content {
  readonly keys: readonly {
    readonly depth: number;
    readonly totalPeriods: number;
    readonly seedHex: string;
    readonly verificationKeyHex: string;
    readonly blockSizes: readonly number[];
    readonly signingKeysHex: readonly string[];
  }[];
}

/**
 * The vectors of `kes-signing-keys.json`: for depths 0 to 7 a seed, its verification key and its
 * signing key at every period.
 *
 * @returns Fresh copies on every call.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { kesSigningKeyVectors } from '@evolock/test-vectors';
 *
 * const six = kesSigningKeyVectors().find(({ depth }) => depth === 6);
 * assert.equal(six?.signingKeys.length, 64);
 * assert.equal(six.signingKeys[0]?.length, 608);
 * ```
 */
export function kesSigningKeyVectors(): KesSigningKeyVector[] {
  return (readVectorFile('kes-signing-keys.json') as Content).keys.map((key) => ({
    depth: key.depth,
    totalPeriods: key.totalPeriods,
    seed: hexToBytes(key.seedHex),
    verificationKey: hexToBytes(key.verificationKeyHex),
    blockSizes: key.blockSizes,
    signingKeys: key.signingKeysHex.map(hexToBytes),
  }));
}
