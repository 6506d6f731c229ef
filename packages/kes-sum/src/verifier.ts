/**
 * Verification of composed signatures. A verifier copies the signature into memory of its own once, over which all
 * views were made beforehand: hashing the path costs the hashes and little else.
 */
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import { sodium } from '@evolock/kes-single/unsound';
import { samePublicBytes } from './public-bytes.js';
import { side, type TreeGeometry } from './tree-geometry.js';

/** Verifies signatures of one algorithm. Sizes and the period have been checked. */
export interface Verifier {
  /** {@inheritDoc Verifier.verify} */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

/** Two siblings side by side, as the hash takes them, and each alone: index 0 left, 1 right. */
interface Pair {
  readonly both: Uint8Array;
  readonly halves: readonly [Uint8Array, Uint8Array];
}

function pairAt(memory: Uint8Array, offset: number, size: number): Pair {
  return {
    both: memory.subarray(offset, offset + 2 * size),
    halves: [
      memory.subarray(offset, offset + size),
      memory.subarray(offset + size, offset + 2 * size),
    ],
  };
}

/**
 * Sum: from the root down, each pair has to hash to the key expected of it, and names the next one.
 *
 * @internal
 */
export class SumVerifier implements Verifier {
  readonly #geometry: TreeGeometry;
  readonly #copy: Uint8Array;
  readonly #leafSignature: Uint8Array;
  /** Outermost first. */
  readonly #levels: readonly { readonly level: number; readonly pair: Pair }[];
  readonly #digest = new Uint8Array(BLAKE2B_256_SIZE);

  constructor(geometry: TreeGeometry, signatureSize: number) {
    this.#geometry = geometry;
    this.#copy = new Uint8Array(signatureSize);
    this.#leafSignature = this.#copy.subarray(0, geometry.dsign.signatureSize);
    let offset = geometry.dsign.signatureSize;
    const levels = Array.from({ length: geometry.depth }, (_, level) => {
      const pair = pairAt(this.#copy, offset, geometry.keySize(level));
      offset += pair.both.byteLength;
      return { level, pair };
    });
    this.#levels = levels.reverse();
  }

  /** {@inheritDoc Verifier.verify} */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean {
    this.#copy.set(signature);
    let expected = verificationKey;
    for (const { level, pair } of this.#levels) {
      sodium.crypto_generichash(this.#digest, pair.both);
      if (!samePublicBytes(this.#digest, expected)) return false;
      expected = pair.halves[side(period, level)];
    }
    return this.#geometry.dsign.leaf.verify(this.#leafSignature, message, expected);
  }
}

/**
 * Compact: from the leaf's verification key up, each sibling gives the next key; the last has to be the root's.
 *
 * @internal
 */
export class CompactVerifier implements Verifier {
  readonly #geometry: TreeGeometry;
  readonly #copy: Uint8Array;
  readonly #leafSignature: Uint8Array;
  readonly #leafKey: Uint8Array;
  /** Innermost first. */
  readonly #levels: readonly {
    readonly level: number;
    readonly sibling: Uint8Array;
    readonly pair: Pair;
  }[];
  readonly #digest = new Uint8Array(BLAKE2B_256_SIZE);

  constructor(geometry: TreeGeometry, signatureSize: number) {
    const { signatureSize: leafSize } = geometry.dsign;
    this.#geometry = geometry;
    this.#copy = new Uint8Array(signatureSize);
    this.#leafSignature = this.#copy.subarray(0, leafSize);
    this.#leafKey = this.#copy.subarray(leafSize, leafSize + geometry.keySize(0));
    let offset = leafSize + geometry.keySize(0);
    this.#levels = Array.from({ length: geometry.depth }, (_, level) => {
      const size = geometry.keySize(level);
      const sibling = this.#copy.subarray(offset, offset + size);
      offset += size;
      return { level, sibling, pair: pairAt(new Uint8Array(2 * size), 0, size) };
    });
  }

  /** {@inheritDoc Verifier.verify} */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean {
    this.#copy.set(signature);
    let key = this.#leafKey;
    for (const { level, sibling, pair } of this.#levels) {
      const own = side(period, level);
      pair.halves[own].set(key);
      pair.halves[own === 0 ? 1 : 0].set(sibling);
      sodium.crypto_generichash(this.#digest, pair.both);
      key = this.#digest;
    }
    return (
      samePublicBytes(key, verificationKey) &&
      this.#geometry.dsign.leaf.verify(this.#leafSignature, message, this.#leafKey)
    );
  }
}
