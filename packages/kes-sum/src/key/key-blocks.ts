/**
 * The blocks of a serialised signing key, as they are pushed and pulled: the leaf, then for each level, innermost first, the
 * right seed, the left and the right verification key.
 *
 * They are in scratch memory, and hold a copy of a key while it is serialised or read: a callback never gets the memory of a
 * key. The views are made once, since a view costs more than the copy.
 */
import {
  copyCall,
  uninterrupted,
  zeroCopyCall,
  type NativeCall,
} from '@evolock/kes-single/unsound';
import { SEED_SIZE, type TreeGeometry } from '../tree/tree-geometry.js';

/** Bytes of a serialised key. */
export function imageSize({ dsign, depth, pathSize }: TreeGeometry): number {
  return dsign.signingKeySize + SEED_SIZE * depth + pathSize;
}

/** A part of a key: where it is in a key, and where it is in the serialised form. */
interface Piece {
  readonly inKey: Uint8Array;
  readonly inImage: Uint8Array;
}

/** Memory for one key at a time, in the layout of a key and in its serialised form. */
export class KeyBlocks {
  /** The path: the verification keys of the serialised form, which are public. */
  readonly path: Uint8Array;
  /** A sum signature, whose tail is the path. */
  readonly signature: Uint8Array;
  /** The serialised form: all blocks, side by side. */
  readonly image: Uint8Array;
  /** Each block: the first is the serialised leaf. */
  readonly all: readonly Uint8Array[];
  readonly leaf: Uint8Array;
  readonly #pairs: readonly Piece[];
  /** The secrets, from the key to the blocks, and all but the leaf back: in reverse order. */
  readonly #toBlocks: readonly NativeCall[];
  readonly #toKey: readonly NativeCall[];

  /** Divides scratch memory: `secrets` in the layout of a key, and `image` of {@link imageSize} bytes. */
  constructor(geometry: TreeGeometry, secrets: Uint8Array, image: Uint8Array) {
    const { dsign, pathSize, levels } = geometry;
    this.signature = new Uint8Array(dsign.signatureSize + pathSize);
    this.path = this.signature.subarray(dsign.signatureSize);
    this.image = image;
    let offset = 0;
    const take = (size: number): Uint8Array => image.subarray(offset, (offset += size));
    this.leaf = take(dsign.signingKeySize);
    const seeds: Piece[] = [];
    const pairs: Piece[] = [];
    const all = [this.leaf];
    for (const { keySize, seedOffset, pathOffset } of levels) {
      const seed = take(SEED_SIZE);
      const pair = take(2 * keySize);
      seeds.push({ inKey: part(secrets, seedOffset, SEED_SIZE), inImage: seed });
      pairs.push({ inKey: part(this.path, pathOffset, 2 * keySize), inImage: pair });
      all.push(seed, part(pair, 0, keySize), part(pair, keySize, keySize));
    }
    const overwriting = zeroCopyCall(Math.max(SEED_SIZE, dsign.signingKeySize));
    this.#toBlocks = [
      overwriting,
      copyCall(this.leaf, part(secrets, 0, dsign.signingKeySize)),
      ...seeds.map(({ inKey, inImage }) => copyCall(inImage, inKey)),
    ];
    this.#toKey = [overwriting, ...seeds.map(({ inKey, inImage }) => copyCall(inKey, inImage))];
    this.#pairs = pairs;
    this.all = all;
  }

  /** Copies the secrets and the path into the serialised form. */
  assemble(): void {
    uninterrupted(this.#toBlocks);
    for (const { inKey, inImage } of this.#pairs) inImage.set(inKey);
  }

  /** Copies the serialised form into the right seeds and the path. */
  takeApart(): void {
    uninterrupted(this.#toKey);
    for (const { inKey, inImage } of this.#pairs) inKey.set(inImage);
  }
}

function part(memory: Uint8Array, offset: number, size: number): Uint8Array {
  return memory.subarray(offset, offset + size);
}
