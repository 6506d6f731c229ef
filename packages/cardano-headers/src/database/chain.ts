/** The order of the headers of a chain: slots, links to the block before, and the certificate numbers of each pool. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { numberVerdict } from '../certificate/number.js';
import { bytesOfHex, hexOf } from '../hex.js';
import { HASH_SIZE, KEY_SIZE, OUT_OF_RANGE, type Facts } from './judge.js';

/** A failure of the order, for programs. */
export type OrderFailureCode = 'slot-order' | 'broken-link' | 'counter-order' | 'era-order';

/** A failure of the order. */
export interface OrderFailure {
  readonly code: OrderFailureCode;
  /** For people. */
  readonly message: string;
}

/** What is known of a pool. */
export interface PoolBlocks {
  blocks: number;
  /** The numbers of its first and of its last certificate. */
  readonly firstNumber: bigint;
  number: bigint;
  firstSlot: bigint;
  lastSlot: bigint;
  firstEvolution: number;
  lastEvolution: number;
  /** The gaps of the chain before its last block. */
  gaps: number;
}

/** What is known of a chain. */
export interface ChainState {
  /** By cold verification key, one character a byte. */
  readonly pools: readonly (readonly [key: string, pool: PoolBlocks])[];
  readonly eras: readonly (readonly [era: number, blocks: number])[];
  readonly firstSlot?: bigint | undefined;
  readonly lastSlot?: bigint | undefined;
  /** The number of the last block. */
  readonly number: bigint;
  /** The hash of the last header, in hexadecimal digits; absent when something between it and the next was not judged. */
  readonly hash?: string | undefined;
  readonly chunk?: number | undefined;
  /** How often something was not judged between two headers. */
  readonly gaps: number;
}

/** The headers of a chain without a failure, one after the other. The memory in use grows with the number of pools only. */
export class Chain {
  /** By cold verification key, one character a byte. */
  readonly pools: Map<string, PoolBlocks>;
  readonly eras: Map<number, number>;
  firstSlot: bigint | undefined;
  lastSlot: bigint | undefined;
  #number: bigint;
  #hash: Uint8Array | undefined;
  #chunk: number | undefined;
  #gaps: number;

  /** A chain from its beginning, or from a state. */
  constructor(state: ChainState = { pools: [], eras: [], number: 0n, gaps: 0 }) {
    this.pools = new Map(state.pools);
    this.eras = new Map(state.eras);
    this.firstSlot = state.firstSlot;
    this.lastSlot = state.lastSlot;
    this.#number = state.number;
    this.#hash = state.hash === undefined ? undefined : bytesOfHex(state.hash);
    this.#chunk = state.chunk;
    this.#gaps = state.gaps;
  }

  /** The state from which a chain continues. */
  get state(): ChainState {
    return {
      pools: [...this.pools],
      eras: [...this.eras],
      firstSlot: this.firstSlot,
      lastSlot: this.lastSlot,
      number: this.#number,
      gaps: this.#gaps,
      hash: this.#hash && hexOf(this.#hash),
      chunk: this.#chunk,
    };
  }

  /** The next header does not follow the last one: something between them was not judged. */
  interrupt(): void {
    this.#hash = undefined;
    this.#gaps += 1;
  }

  /** A chunk begins or continues. */
  enter(chunk: number): void {
    const isNext = chunk === this.#chunk || chunk - 1 === this.#chunk;
    if (!isNext) this.interrupt();
    this.#chunk = chunk;
  }

  /** A block of the Byron era: what is wrong with its place. */
  byronFailure(): OrderFailure | undefined {
    if (this.lastSlot === undefined) return undefined;
    const message = `a block of the Byron era comes after slot ${this.lastSlot}, whose header has KES`;
    return { code: 'era-order', message };
  }

  /** Adds a header, and returns what is wrong with its place. */
  add(facts: Facts, index: number): readonly OrderFailure[] {
    const slot = this.#slotFailure(facts, index);
    const link = this.#linkFailure(facts, index);
    this.lastSlot = facts.slots[index];
    this.firstSlot ??= this.lastSlot;
    this.#number = facts.blocks[index] ?? 0n;
    this.#hash = facts.hashes.subarray(index * HASH_SIZE, (index + 1) * HASH_SIZE);
    const era = facts.eras[index] ?? 0;
    this.eras.set(era, (this.eras.get(era) ?? 0) + 1);
    const pool = this.#poolFailure(facts, index, era);
    return [slot, link, pool].filter((failure) => failure !== undefined);
  }

  #slotFailure({ slots }: Facts, index: number): OrderFailure | undefined {
    const slot = slots[index] ?? 0n;
    if (this.lastSlot === undefined || slot > this.lastSlot) return undefined;
    const message = `slot ${slot} does not come after slot ${this.lastSlot}, that of the header before`;
    return { code: 'slot-order', message };
  }

  #linkFailure({ blocks, previous }: Facts, index: number): OrderFailure | undefined {
    const hash = this.#hash;
    if (hash === undefined) return undefined;
    const number = blocks[index] ?? 0n;
    const start = index * HASH_SIZE;
    const isLinked = sameBytes(previous.subarray(start, start + HASH_SIZE), hash);
    if (isLinked && number === this.#number + 1n) return undefined;
    const message = `block ${number} does not follow the block before it in this input, ${this.#number}: ${isLinked ? 'the number' : 'the hash of the previous block'} is another`;
    return { code: 'broken-link', message };
  }

  #poolFailure(facts: Facts, index: number, era: number): OrderFailure | undefined {
    const { buffer, byteOffset } = facts.issuers;
    const key = Buffer.from(buffer, byteOffset + index * KEY_SIZE, KEY_SIZE).toString('latin1');
    const number = facts.numbers[index] ?? 0n;
    const slot = facts.slots[index] ?? 0n;
    const evolution = facts.evolutions[index] ?? OUT_OF_RANGE;
    const pool = this.pools.get(key);
    if (pool === undefined) {
      this.pools.set(key, {
        blocks: 1,
        firstNumber: number,
        number,
        firstSlot: slot,
        lastSlot: slot,
        firstEvolution: evolution,
        lastEvolution: evolution,
        gaps: this.#gaps,
      });
      return undefined;
    }
    const last = pool.number;
    // In a gap the pool may have had certificates that were not judged.
    const isAfterGap = pool.gaps !== this.#gaps && number > last;
    pool.gaps = this.#gaps;
    pool.blocks += 1;
    pool.number = number;
    if (slot < pool.firstSlot) pool.firstSlot = slot;
    if (slot > pool.lastSlot) pool.lastSlot = slot;
    pool.firstEvolution = Math.min(pool.firstEvolution, evolution);
    pool.lastEvolution = Math.max(pool.lastEvolution, evolution);
    // Most headers have the number of the header before.
    if (number === last || isAfterGap) return undefined;
    if (numberVerdict(number, { onChain: last, era }).verdict === 'accepted') return undefined;
    const rule = number < last ? 'it cannot go back' : 'from Babbage on it is at most one more';
    const message = `certificate number ${number} after number ${last} of the same pool: ${rule}`;
    return { code: 'counter-order', message };
  }
}
