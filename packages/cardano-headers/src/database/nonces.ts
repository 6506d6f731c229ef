/** The nonces of the headers of a chain, computed while the headers are judged elsewhere. */
import { HeaderError } from '../errors.js';
import type { HeaderFunctions } from '../header/header-functions.js';
import type { BlockHeader } from '../header/parse.js';
import { hexOf } from '../hex.js';
import { EpochNonces, type NonceState } from '../nonce/epoch-nonces.js';
import { epochOfSlot, type EpochParameters } from '../nonce/epochs.js';
import type { HeaderGroup } from './read.js';

/** The state from which the nonces of a chain continue. */
export interface NoncesState {
  readonly place: Place;
  readonly byronChunk: number | undefined;
  readonly hash: string | undefined;
  readonly nonces: NonceState;
}

/**
 * Where the headers are: before the first header; in a chain that began with the first block; or after a gap, where only the
 * nonce of the epoch before the gap is known.
 */
export type Place = (typeof PLACES)[number];
export const PLACES = ['before', 'following', 'lost'] as const;

/** What nonces are computed with. */
export type ChainFunctions = Pick<HeaderFunctions, 'parseHeader' | 'blake2b256'>;

/** Computes the nonce of each header of chunks. A header that does not follow the one before it ends this. */
export class ChainNonces {
  readonly #epochs: EpochParameters;
  readonly #functions: ChainFunctions;
  readonly #nonces: EpochNonces;
  #place: Place;
  /** The last chunk with blocks of Byron. The first header of the next chunk is the first of a chain that began with Byron. */
  #byronChunk: number | undefined;
  /** The hash of the last header that was followed. */
  #hash: string | undefined;

  /** Begins before the first block, or continues from a state. */
  constructor(epochs: EpochParameters, functions: ChainFunctions, from?: NoncesState) {
    this.#epochs = epochs;
    this.#functions = functions;
    const { blake2b256 } = functions;
    this.#nonces = new EpochNonces(epochs, from?.nonces, { blake2b256 });
    this.#place = from?.place ?? 'before';
    this.#byronChunk = from?.byronChunk;
    this.#hash = from?.hash;
  }

  /** The state from which another run can continue. */
  get state(): NoncesState {
    return {
      place: this.#place,
      byronChunk: this.#byronChunk,
      hash: this.#hash,
      nonces: this.#nonces.state,
    };
  }

  /** The nonces of the next group of headers; `undefined` where it is unknown. */
  of(group: HeaderGroup): readonly (Uint8Array | undefined)[] {
    if ('passed' in group) {
      if (group.passed.result === 'byron') this.#byronChunk = group.passed.chunk;
      return [];
    }
    const { cuts, chunk } = group;
    return cuts.map(({ bytes }) => (chunk === undefined ? undefined : this.#nonceOf(bytes, chunk)));
  }

  #nonceOf(bytes: Uint8Array, chunk: number): Uint8Array | undefined {
    const header = headerIn(bytes, this.#functions);
    if (header === undefined || header.slot < this.#epochs.firstSlot) {
      // The next header is not the first one after Byron.
      this.#byronChunk = undefined;
      return undefined;
    }
    if (!this.#follows(header, chunk)) return this.#nonceInEpoch(header);
    this.#place = 'following';
    this.#hash = header.hash;
    return this.#nonces.add(header);
  }

  /** The nonces of a header of a later era may follow other rules. */
  #follows({ era, shape, slot, previousHash }: BlockHeader, chunk: number): boolean {
    const isNext =
      this.#place === 'before'
        ? previousHash === undefined || chunk - 1 === this.#byronChunk
        : this.#place === 'following' && previousHash && hexOf(previousHash) === this.#hash;
    const { slot: last = -1n } = this.#nonces.state;
    const isKnown = era !== undefined && shape !== 'later';
    const follows = isNext === true && isKnown && slot > last;
    if (!follows) this.#place = 'lost';
    return follows;
  }

  /** A gap changes the nonces of later epochs only. */
  #nonceInEpoch({ slot }: BlockHeader): Uint8Array | undefined {
    const { epoch, epochNonce } = this.#nonces.state;
    return epochOfSlot(this.#epochs, slot) === epoch ? epochNonce : undefined;
  }
}

/** The header in bytes; `undefined` when they are none. Its verdict states the reason. */
function headerIn(bytes: Uint8Array, { parseHeader }: ChainFunctions): BlockHeader | undefined {
  try {
    return parseHeader(bytes);
  } catch (error) {
    if (error instanceof HeaderError) return undefined;
    throw error;
  }
}
