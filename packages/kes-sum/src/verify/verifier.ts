/**
 * Verification of composed signatures. A verifier copies the signature into its own memory, whose views are made once: the
 * path costs its hashes and little else.
 */
import { BLAKE2B_256_SIZE } from '@evolock/kes-single';
import { sodium } from '@evolock/kes-single/unsound';
import { pairAt, side, type Pair, type TreeGeometry } from '../tree/tree-geometry.js';

/** Verifies signatures of one algorithm. The caller has checked sizes and period. */
export interface Verifier {
  /** {@inheritDoc Verifier.verify} */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

/** Bytes as words, which compare four times as fast; the bytes themselves if they are not aligned. */
type Words = Int32Array | Uint8Array;

const WORD = 4;

/** Verification keys are compared as words if all sizes are multiples of a word. */
function wordsBy(sizes: readonly number[]): (bytes: Uint8Array) => Words {
  if (sizes.some((size) => size % WORD !== 0)) return (bytes) => bytes;
  return ({ buffer, byteOffset, byteLength }) =>
    new Int32Array(buffer, byteOffset, byteLength / WORD);
}

/** Whether two public values of one size are equal. Not for secrets: it stops at the first difference. */
function same(left: Words, right: Words): boolean {
  for (let index = 0; index < left.length; index += 1) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

/**
 * Sum, from the root down: each pair has to hash to the expected key, and holds the expected key of the next level.
 */
export class SumVerifier implements Verifier {
  readonly #geometry: TreeGeometry;
  readonly #copy: Uint8Array;
  readonly #leafSignature: Uint8Array;
  /** Innermost first, like the halves. */
  readonly #pairs: readonly Pair[];
  readonly #halves: readonly (readonly [Words, Words])[];
  readonly #root = new Uint8Array(BLAKE2B_256_SIZE);
  readonly #rootWords: Words;
  readonly #digest = new Uint8Array(BLAKE2B_256_SIZE);
  readonly #digestWords: Words;

  constructor(geometry: TreeGeometry, signatureSize: number) {
    const { dsign, levels } = geometry;
    const words = wordsBy([dsign.signatureSize, dsign.verificationKeySize]);
    this.#geometry = geometry;
    this.#copy = new Uint8Array(signatureSize);
    this.#leafSignature = this.#copy.subarray(0, dsign.signatureSize);
    this.#pairs = levels.map(({ pathOffset, keySize }) =>
      pairAt(this.#copy, dsign.signatureSize + pathOffset, keySize),
    );
    this.#halves = this.#pairs.map(({ halves: [left, right] }) => [words(left), words(right)]);
    this.#rootWords = words(this.#root);
    this.#digestWords = words(this.#digest);
  }

  /** {@inheritDoc Verifier.verify} */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean {
    this.#copy.set(signature);
    this.#root.set(verificationKey);
    let expected = this.#rootWords;
    for (let level = this.#pairs.length - 1; level >= 0; level -= 1) {
      sodium.crypto_generichash(this.#digest, at(this.#pairs, level).both);
      if (!same(this.#digestWords, expected)) return false;
      expected = at(this.#halves, level)[side(period, level)];
    }
    const leafKey = at(this.#pairs, 0).halves[side(period, 0)];
    return this.#geometry.dsign.leaf.verify(this.#leafSignature, message, leafKey);
  }
}

function at<T>(levels: readonly T[], level: number): T {
  return levels[level] as T;
}

/** A level of a compact signature: its sibling, and where it is hashed with the key on the path. */
interface CompactLevel {
  readonly sibling: Uint8Array;
  readonly pair: Pair;
}

/**
 * Compact, from the leaf up: each key and its sibling hash to the key of the next level; the last has to be the root's.
 */
export class CompactVerifier implements Verifier {
  readonly #geometry: TreeGeometry;
  readonly #copy: Uint8Array;
  readonly #leafSignature: Uint8Array;
  readonly #leafKey: Uint8Array;
  /** Innermost first. */
  readonly #levels: readonly CompactLevel[];
  readonly #root = new Uint8Array(BLAKE2B_256_SIZE);
  readonly #rootWords = wordsBy([BLAKE2B_256_SIZE])(this.#root);
  readonly #digest = new Uint8Array(BLAKE2B_256_SIZE);
  readonly #digestWords = wordsBy([BLAKE2B_256_SIZE])(this.#digest);

  constructor(geometry: TreeGeometry, signatureSize: number) {
    const { signatureSize: leafSize } = geometry.dsign;
    this.#geometry = geometry;
    this.#copy = new Uint8Array(signatureSize);
    this.#leafSignature = this.#copy.subarray(0, leafSize);
    let offset = leafSize + geometry.dsign.verificationKeySize;
    this.#leafKey = this.#copy.subarray(leafSize, offset);
    this.#levels = geometry.levels.map(({ keySize: size }) => {
      const sibling = this.#copy.subarray(offset, offset + size);
      offset += size;
      return { sibling, pair: pairAt(new Uint8Array(2 * size), 0, size) };
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
    this.#root.set(verificationKey);
    at(this.#levels, 0).pair.halves[side(period, 0)].set(this.#leafKey);
    for (let level = 0; level < this.#levels.length; level += 1) {
      const { sibling, pair } = at(this.#levels, level);
      pair.halves[side(period, level) === 0 ? 1 : 0].set(sibling);
      sodium.crypto_generichash(this.#above(period, level), pair.both);
    }
    return (
      same(this.#digestWords, this.#rootWords) &&
      this.#geometry.dsign.leaf.verify(this.#leafSignature, message, this.#leafKey)
    );
  }

  /** Where the key above a level is written: into the pair of the next level, or alone. */
  #above(period: number, level: number): Uint8Array {
    const next = this.#levels[level + 1];
    return next === undefined ? this.#digest : next.pair.halves[side(period, level + 1)];
  }
}
