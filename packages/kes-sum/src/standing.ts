/**
 * Where a key stands: its period, and all that is public and goes with it. A key moves on by taking another one, in one
 * assignment, so that it never stands between two periods.
 */
import type { KesVariant } from '@evolock/kes-single';
import { KeptKeys } from './kept-keys.js';
import { writeCompactTail, writeSumTail, pairOn, type Way } from './signature-tail.js';
import { boundary, type TreeGeometry } from './tree-geometry.js';
import type { VerificationTree } from './verification-tree.js';

/** What a standing needs to know of its algorithm. */
export interface Shape {
  readonly geometry: TreeGeometry;
  readonly algorithm: { readonly variant: KesVariant; readonly signatureSize: number };
}

const NO_PATH = new Uint8Array();

/**
 * The period of one key, the verification keys that it keeps there, and its signature with the tail ready.
 *
 * @internal
 */
export class Standing {
  readonly period: number;
  readonly keys: KeptKeys;
  /** The signature, whose tail is ready: only the leaf's, at its beginning, is missing. */
  readonly signature: Uint8Array;
  readonly #shape: Shape;
  /** The path, where neither the tail of the signature is it nor the keys have it. */
  readonly #ownPath: Uint8Array;

  private constructor(
    shape: Shape,
    period: number,
    keys: KeptKeys,
    signature: Uint8Array,
    ownPath: Uint8Array,
  ) {
    this.#shape = shape;
    this.period = period;
    this.keys = keys;
    this.signature = signature;
    this.#ownPath = ownPath;
  }

  /** With nothing but a path, as a serialised key claims it. */
  static onPath(shape: Shape, period: number, path: Uint8Array): Standing {
    return Standing.#at(shape, period, KeptKeys.none(shape.geometry, period), path);
  }

  /** With a whole tree, or of it no more than the subtree of a height around the period. */
  static ofTree(shape: Shape, period: number, tree: VerificationTree, height: number): Standing {
    const { geometry } = shape;
    const whole = KeptKeys.around(geometry, period, tree);
    const keys = whole.upTo(height);
    if (keys.isWholeTree) return Standing.#at(shape, period, keys, NO_PATH);
    const path = new Uint8Array(geometry.pathSize);
    writePath(geometry, path, { keys: whole, period, path }, geometry.depth - 1);
    return Standing.#at(shape, period, keys, path);
  }

  static #at(shape: Shape, period: number, keys: KeptKeys, path: Uint8Array): Standing {
    const { geometry, algorithm } = shape;
    const signature = new Uint8Array(algorithm.signatureSize);
    writeTail(shape, signature, { keys, period, path }, geometry.depth - 1);
    return new Standing(shape, period, keys, signature, needsPath(shape, keys) ? path : NO_PATH);
  }

  /**
   * At a later period: nothing on the path changes above the highest level whose half is another.
   *
   * @param period - The later period.
   * @param known - Verification keys that know the way to that period.
   * @param height - Of the subtree that is kept of them.
   * @param signature - Memory for its signature, which is its own from then on.
   */
  moved(period: number, known: KeptKeys, height: number, signature: Uint8Array): Standing {
    const highest = boundary(this.period, period);
    const path = this.#path;
    const way = { keys: known, period, path };
    signature.set(this.signature);
    writeTail(this.#shape, signature, way, highest);
    const keys = known.upTo(height);
    let ownPath = NO_PATH;
    if (needsPath(this.#shape, keys)) {
      ownPath = new Uint8Array(path);
      writePath(this.#shape.geometry, ownPath, way, highest);
    }
    return new Standing(this.#shape, period, keys, signature, ownPath);
  }

  /** The same for another key, which signs by itself. */
  copy(): Standing {
    const signature = new Uint8Array(this.signature);
    return new Standing(this.#shape, this.period, this.keys, signature, this.#ownPath);
  }

  /** Both verification keys of a level on the way to a period that the keys know, side by side. */
  pair(level: number, period: number): Uint8Array {
    return this.keys.pair(level, period, this.#path);
  }

  /** The verification key of the whole tree, 32 bytes, in memory of its own. */
  root(): Uint8Array {
    return this.keys.root(this.#path);
  }

  /** Writes the path. */
  writePath(target: Uint8Array): void {
    const path = this.#path;
    const way = { keys: this.keys, period: this.period, path };
    writePath(this.#shape.geometry, target, way, this.#shape.geometry.depth - 1);
  }

  /** The path to this period; nothing where the keys have the whole tree. */
  get #path(): Uint8Array {
    const { geometry, algorithm } = this.#shape;
    if (algorithm.variant === 'compact' || this.keys.isWholeTree) return this.#ownPath;
    return this.signature.subarray(geometry.dsign.signatureSize);
  }
}

/** The tail of a sum signature is the path; a compact one has the siblings alone. */
function needsPath({ algorithm }: Shape, keys: KeptKeys): boolean {
  return algorithm.variant === 'compact' && !keys.isWholeTree;
}

function writeTail(
  { geometry, algorithm }: Shape,
  signature: Uint8Array,
  way: Way,
  highest: number,
): void {
  const write = algorithm.variant === 'sum' ? writeSumTail : writeCompactTail;
  write(signature, geometry, way, highest);
}

function writePath(geometry: TreeGeometry, path: Uint8Array, way: Way, highest: number): void {
  for (let level = 0; level <= highest; level += 1) {
    path.set(pairOn(way, level), geometry.pathOffset(level));
  }
}
