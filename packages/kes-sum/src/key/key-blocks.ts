/**
 * The blocks of a serialised signing key, as they are pushed and pulled: the leaf, then for each level, innermost first, the
 * right seed, the left and the right verification key.
 *
 * They are in locked memory of the algorithm, and hold a copy of a key while it is serialised or read: a callback never gets
 * the memory of a key. The views are made once, since a view costs more than the copy.
 */
import type { MLockedSlot } from '@evolock/kes-single';
import {
  copyCall,
  isInUse,
  uninterrupted,
  zeroCopyCall,
  type NativeCall,
  type Scratch,
  type ScratchRun,
} from '@evolock/kes-single/unsound';
import { SEED_SIZE, type TreeGeometry } from '../tree/tree-geometry.js';
import { runOn, scratchMemoryOf, type KeysOfRun } from './scratch.js';

/**
 * Bytes of the memory for the blocks of one key.
 *
 * @internal
 */
export function blocksSize(geometry: TreeGeometry): number {
  return (
    geometry.secretSize + geometry.dsign.signatureSize + geometry.pathSize + imageSize(geometry)
  );
}

function imageSize({ secretSize, pathSize, dsign }: TreeGeometry): number {
  return dsign.signingKeySize + (secretSize - dsign.leaf.size) + pathSize;
}

/** A part of a key: where it is in a key, and where it is in the serialised form. */
interface Piece {
  readonly inKey: Uint8Array;
  readonly inImage: Uint8Array;
}

/**
 * Memory for one key at a time, in the layout of a key and in its serialised form.
 *
 * @internal
 */
export class KeyBlocks implements Scratch {
  /** The locked memory of a key. */
  readonly secrets: Uint8Array;
  /** A sum signature: its tail is the path. */
  readonly signature: Uint8Array;
  /** The path: the verification keys of the serialised form. */
  readonly path: Uint8Array;
  /** The serialised form: all blocks, side by side. */
  readonly image: Uint8Array;
  /** Each block: the first is the serialised leaf. */
  readonly all: readonly Uint8Array[];
  /** The first block. */
  readonly leaf: Uint8Array;
  /** The verification keys of each level, which are public. */
  readonly #pairs: readonly Piece[];
  /** The secrets, from the key to the blocks, and back: in reverse order. */
  readonly #toBlocks: readonly NativeCall[];
  readonly #toKey: readonly NativeCall[];
  readonly #overwriting: readonly NativeCall[];
  readonly #geometry: TreeGeometry;
  readonly #slot: MLockedSlot;
  readonly #memory: Uint8Array;

  /**
   * Reserves the memory.
   *
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`.
   */
  constructor(geometry: TreeGeometry) {
    const { dsign, secretSize, pathSize, levels } = geometry;
    this.#geometry = geometry;
    this.#slot = scratchMemoryOf(this, blocksSize(geometry));
    this.#memory = this.#slot.unsoundBytes;
    const take = taking(this.#memory);
    this.secrets = take(secretSize);
    this.signature = take(dsign.signatureSize + pathSize);
    this.path = this.signature.subarray(dsign.signatureSize);
    this.image = take(imageSize(geometry));
    this.leaf = part(this.image, 0, dsign.signingKeySize);
    const secret: Piece[] = [
      { inKey: this.secrets.subarray(0, this.leaf.byteLength), inImage: this.leaf },
    ];
    const pairs: Piece[] = [];
    const all = [this.leaf];
    const takeBlock = taking(this.image.subarray(this.leaf.byteLength));
    for (const { keySize, seedOffset, pathOffset } of levels) {
      const seed = takeBlock(SEED_SIZE);
      const pair = takeBlock(2 * keySize);
      secret.push({ inKey: part(this.secrets, seedOffset, SEED_SIZE), inImage: seed });
      pairs.push({ inKey: part(this.path, pathOffset, 2 * keySize), inImage: pair });
      all.push(seed, part(pair, 0, keySize), part(pair, keySize, keySize));
    }
    const overwriting = zeroCopyCall(Math.max(SEED_SIZE, dsign.signingKeySize));
    this.#toBlocks = [overwriting, ...secret.map(({ inKey, inImage }) => copyCall(inImage, inKey))];
    this.#toKey = [overwriting, ...secret.map(({ inKey, inImage }) => copyCall(inKey, inImage))];
    this.#pairs = pairs;
    this.#overwriting = [zeroCopyCall(this.image.byteLength)];
    this.all = all;
  }

  /** Copies the secrets and the path into the serialised form. */
  assemble(): void {
    uninterrupted(this.#toBlocks);
    for (const { inKey, inImage } of this.#pairs) inImage.set(inKey);
  }

  /** Copies the serialised form into the secrets and the path. */
  takeApart(): void {
    uninterrupted(this.#toKey);
    for (const { inKey, inImage } of this.#pairs) inKey.set(inImage);
  }

  /**
   * Runs work on the blocks and wipes them when it ends. If a callback that is lent a block serialises or reads another key,
   * that key gets its own blocks.
   *
   * @param keys - The keys of the run.
   * @param work - Lends blocks to the application within the run that it is given.
   */
  use<Result>(keys: KeysOfRun, work: (blocks: KeyBlocks, run: ScratchRun) => Result): Result {
    if (!isInUse(this) && !this.#isTransferred())
      return runOn(this, keys, (run) => work(this, run));
    const others = new KeyBlocks(this.#geometry);
    return runOn({ wipe: () => others.release() }, keys, (run) => work(others, run));
  }

  /** Wipes the blocks and the registers, and releases the memory. */
  release(): void {
    this.#slot.release();
    uninterrupted(this.#overwriting);
  }

  /** Wipes the blocks, and the registers: the callback copied the blocks. */
  wipe(): void {
    if (!this.#isTransferred()) this.#memory.fill(0);
    uninterrupted(this.#overwriting);
  }

  /** Whether a callback transferred the buffer of a block: then all views have length 0. */
  #isTransferred(): boolean {
    return this.#memory.length === 0;
  }
}

/** Cuts memory into pieces, from its beginning. */
function taking(memory: Uint8Array): (size: number) => Uint8Array {
  let offset = 0;
  return (size) => {
    const piece = part(memory, offset, size);
    offset += size;
    return piece;
  };
}

/** A view that callbacks are lent for one key after another: a callback must not add a method to it. */
function part(memory: Uint8Array, offset: number, size: number): Uint8Array {
  return Object.preventExtensions(memory.subarray(offset, offset + size));
}
