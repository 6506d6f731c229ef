/**
 * The blocks of a serialised signing key, as they are pushed and pulled: the leaf, then per level, innermost first, the
 * right seed, the left and the right verification key.
 *
 * They lie in locked memory that belongs to the algorithm, and hold a copy of a key's content while it is written or
 * read: no callback is ever lent the memory of a key. The views are made once, since a view costs more than the copy.
 */
import type { MLockedSlot } from '@evolock/kes-single';
import type { LeafScheme } from '@evolock/kes-single/composition';
import {
  copyCall,
  isInUse,
  uninterruptedInReverse,
  zeroCopyCall,
  type NativeCall,
  type Scratch,
  type ScratchRun,
} from '@evolock/kes-single/unsound-memory';
import { runOn, scratchMemoryOf, type RunFor } from './scratch.js';
import { SEED_SIZE, type TreeGeometry } from './tree-geometry.js';

/**
 * Bytes of the memory for the blocks of one key.
 *
 * @internal
 */
export function blocksSize({ secretSize, pathSize, dsign }: TreeGeometry): number {
  return secretSize + dsign.signatureSize + pathSize + imageSize(secretSize, pathSize, dsign);
}

function imageSize(secretSize: number, pathSize: number, dsign: LeafScheme): number {
  return dsign.signingKeySize + (secretSize - dsign.leaf.size) + pathSize;
}

/** A piece of a key where it lies in a key, and as a block. */
interface Piece {
  readonly inKey: Uint8Array;
  readonly inImage: Uint8Array;
}

/**
 * Memory for the blocks of one key at a time: the key as it lies in a key, and as it is written.
 *
 * @internal
 */
export class KeyBlocks implements Scratch {
  /** What a key has in locked memory. */
  readonly secrets: Uint8Array;
  /** A sum signature, whose tail is the path. */
  readonly signature: Uint8Array;
  /** The path: the verification keys that are written. */
  readonly path: Uint8Array;
  /** All blocks, side by side in the order of the layout. */
  readonly image: Uint8Array;
  /** Each block, in the order of the layout: the first is the serialised leaf. */
  readonly all: readonly Uint8Array[];
  /** The first block. */
  readonly leaf: Uint8Array;
  /** From the key to the blocks, and back: in reverse order. */
  readonly #toBlocks: readonly NativeCall[];
  readonly #toKey: readonly NativeCall[];
  readonly #geometry: TreeGeometry;
  readonly #slot: MLockedSlot;
  readonly #memory: Uint8Array;

  /**
   * Reserves the memory.
   *
   * @throws {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT`.
   */
  constructor(geometry: TreeGeometry) {
    const { dsign, depth, secretSize, pathSize } = geometry;
    this.#geometry = geometry;
    this.#slot = scratchMemoryOf(this, blocksSize(geometry));
    this.#memory = this.#slot.unsoundBytes;
    const take = taking(this.#memory);
    this.secrets = take(secretSize);
    this.signature = take(dsign.signatureSize + pathSize);
    this.path = this.signature.subarray(dsign.signatureSize);
    this.image = take(imageSize(secretSize, pathSize, dsign));
    this.leaf = part(this.image, 0, dsign.signingKeySize);
    const pieces: Piece[] = [
      { inKey: this.secrets.subarray(0, this.leaf.byteLength), inImage: this.leaf },
    ];
    const all = [this.leaf];
    const takeBlock = taking(this.image.subarray(this.leaf.byteLength));
    for (let level = 0; level < depth; level += 1) {
      const size = geometry.keySize(level);
      const seed = takeBlock(SEED_SIZE);
      const pair = takeBlock(2 * size);
      pieces.push(
        { inKey: part(this.secrets, geometry.seedOffset(level), SEED_SIZE), inImage: seed },
        { inKey: part(this.path, geometry.pathOffset(level), 2 * size), inImage: pair },
      );
      all.push(seed, part(pair, 0, size), part(pair, size, size));
    }
    const overwriting = zeroCopyCall(secretSize);
    this.#toBlocks = [overwriting, ...pieces.map(({ inKey, inImage }) => copyCall(inImage, inKey))];
    this.#toKey = [overwriting, ...pieces.map(({ inKey, inImage }) => copyCall(inKey, inImage))];
    this.all = all;
  }

  /** Makes the blocks of the secrets and the path. */
  assemble(): void {
    uninterruptedInReverse(this.#toBlocks);
  }

  /** Takes the secrets and the path out of the blocks. */
  takeApart(): void {
    uninterruptedInReverse(this.#toKey);
  }

  /**
   * Runs work on the blocks and wipes them, however the work ends. While a callback that is lent a block reads or writes
   * another key, that gets blocks of its own.
   *
   * @param key - What the work makes, or reads.
   * @param work - Lends blocks to the application within the run that it is given.
   */
  use<Result>(key: RunFor, work: (blocks: KeyBlocks, run: ScratchRun) => Result): Result {
    if (!isInUse(this) && !this.#isTransferred()) return runOn(this, key, (run) => work(this, run));
    const others = new KeyBlocks(this.#geometry);
    return runOn({ wipe: () => others.release() }, key, (run) => work(others, run));
  }

  /** Wipes the blocks and gives their memory back. */
  release(): void {
    this.#slot.release();
  }

  /** Wipes the blocks. */
  wipe(): void {
    // The size of the first view would be 0 where the memory is gone.
    if (!this.#isTransferred()) this.#memory.fill(0);
  }

  /** Whether a callback transferred the buffer behind a block: then its memory is gone. */
  #isTransferred(): boolean {
    return this.#memory.length === 0;
  }
}

/** Takes pieces off memory, from its beginning on. */
function taking(memory: Uint8Array): (size: number) => Uint8Array {
  let offset = 0;
  return (size) => {
    const piece = part(memory, offset, size);
    offset += size;
    return piece;
  };
}

/** Callbacks are lent it for one key after another: a method that one gave it would be called with the next key. */
function part(memory: Uint8Array, offset: number, size: number): Uint8Array {
  return Object.preventExtensions(memory.subarray(offset, offset + size));
}
