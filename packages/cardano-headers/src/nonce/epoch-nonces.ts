/**
 * The nonces of a chain, block by block. Public values: no key is involved. The nonce of an epoch follows from the headers
 * before it.
 *
 * Source: the rules UPDN and TICKN of the Shelley ledger; `Nonce` and `mkNonceFromOutputVRF` of cardano-ledger;
 * `tickChainDepState`, `reupdateChainDepState` and `vrfNonceValue` of ouroboros-consensus-protocol, Praos.
 */
import {
  checkBytes,
  checkFunction,
  checkOptions,
  checkRecord,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import type { Hash } from '../certificate/certificate.js';
import { blake2b256 } from '../hashes.js';
import type { HeaderShape } from '../header/fields.js';
import { alphaOf, concatenated, NONCE_SIZE } from '../header/vrf.js';
import { checkUnsigned64 } from '../period/numbers.js';
import { checkEpochParameters, checkSlot, epochOf, type EpochParameters } from './epochs.js';

/** A nonce of 32 bytes, or the neutral one. */
export type Nonce = Uint8Array | undefined;

/** Joins two nonces: the hash of both, or the other one when one is neutral. */
function joined(hash: Hash, first: Uint8Array, second: Nonce): Uint8Array {
  return second === undefined ? first : hash(concatenated(first, second));
}

/** The prefix of a nonce's output, in the hash that separates it from the leader's. */
const NONCE_PREFIX = new TextEncoder().encode('N');

/** The contribution of a block to the nonce: the output of its VRF, hashed as the shape of its header wants. */
function contributionOf(hash: Hash, shape: HeaderShape, output: Uint8Array): Uint8Array {
  if (shape === 'TPraos') return hash(output);
  return hash(hash(concatenated(NONCE_PREFIX, output)));
}

/** The nonces of a chain after a block. Each has 32 bytes. */
export interface NonceState {
  /** The epoch of the block. */
  readonly epoch: bigint;
  /** The slot of the block; `undefined` at the beginning. */
  readonly slot: bigint | undefined;
  /** The nonce of the epoch. */
  readonly epochNonce: Uint8Array;
  /** All contributions until now. */
  readonly evolving: Uint8Array;
  /** The contributions until the window at the end of the epoch: the base of the next nonce. */
  readonly candidate: Uint8Array;
  /** The previous hash that the block states; `undefined` for a first block. */
  readonly previousHash: Nonce;
  /** The same of the last block of the epoch before. */
  readonly lastOfEpoch: Nonce;
}

/** What the nonces need of a header. A `BlockHeader` has it. */
export interface NonceHeader {
  readonly shape: HeaderShape;
  /** The era of the block, 2 for Shelley. */
  readonly era: number | undefined;
  readonly slot: bigint;
  readonly previousHash: Uint8Array | undefined;
  readonly vrf: { readonly nonce: { readonly output: Uint8Array } };
}

/** Options of {@link EpochNonces}. */
export interface NonceOptions {
  /** Blake2b-256, 32 bytes; that of `@noble/hashes` when absent. */
  readonly blake2b256?: Hash | undefined;
}

/**
 * Computes the nonce of each epoch along a chain, from its first block on. It needs all headers in their order, and trusts
 * them: it checks neither the links between them nor the proofs of their outputs.
 */
export class EpochNonces {
  readonly #parameters: EpochParameters;
  readonly #hash: Hash;
  #state: NonceState;

  /**
   * Begins before the first block of the Shelley era, or continues after the block of a state, which an object of the same
   * network made.
   */
  constructor(parameters: EpochParameters, state?: NonceState, options?: NonceOptions) {
    const { blake2b256: hash = blake2b256 } = checkOptions(options, ['blake2b256']);
    this.#parameters = checkEpochParameters(parameters);
    checkFunction('options.blake2b256', hash);
    this.#hash = hash;
    this.#state = state === undefined ? firstState(this.#parameters) : checkState(state);
  }

  /**
   * Adds the next header of the chain.
   *
   * @param header - A header whose era is known: of a block with its era, or as ChainSync sends it.
   * @returns The nonce of its epoch, 32 bytes.
   * @throws ArgumentError `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE` when its slot is not after that of
   * the header before, or when its era is unknown.
   */
  add(header: NonceHeader): Uint8Array {
    checkEra(header);
    const slot = checkSlot('header.slot', header.slot, this.#next);
    const state = this.#at(slot);
    this.#state = stateAfter(state, header, this.#parameters, this.#hash);
    return state.epochNonce.slice();
  }

  /** The nonces after the last header, as a copy. */
  get state(): NonceState {
    return checkState(this.#state);
  }

  /** The nonce, 32 bytes, of a slot after that of the last header, whose block would be the next one of the chain. */
  nonceAt(slot: bigint): Uint8Array {
    const checked = checkSlot('slot', slot, this.#next);
    return this.#at(checked).epochNonce.slice();
  }

  #at(slot: bigint): NonceState {
    return stateAt(this.#state, slot, this.#parameters, this.#hash);
  }

  /** The first slot that the next block can have. */
  get #next(): bigint {
    const { slot } = this.#state;
    return slot === undefined ? this.#parameters.firstSlot : slot + 1n;
  }
}

/** Checks that the window of a header is known. The window of Conway is another than that of Babbage. */
function checkEra(header: NonceHeader): void {
  const { shape, era } = checkRecord<NonceHeader>('header', header);
  if (shape !== 'TPraos' && shape !== 'Praos' && shape !== 'Leios')
    throw wrongValue('header.shape', 'TPraos, Praos or Leios', 'another');
  if (era === undefined && shape !== 'TPraos')
    throw wrongValue('header.era', 'the era of the block', 'undefined');
}

function copyOf(argument: string, value: unknown): Nonce {
  return value === undefined ? undefined : new Uint8Array(checkBytes(argument, value, NONCE_SIZE));
}

function checkState(value: NonceState): NonceState {
  const state = checkRecord<NonceState>('state', value);
  const nonce = (name: 'epochNonce' | 'evolving' | 'candidate') =>
    new Uint8Array(checkBytes(`state.${name}`, state[name], NONCE_SIZE));
  return {
    epoch: checkUnsigned64('state.epoch', state.epoch),
    slot: state.slot === undefined ? undefined : checkUnsigned64('state.slot', state.slot),
    epochNonce: nonce('epochNonce'),
    evolving: nonce('evolving'),
    candidate: nonce('candidate'),
    previousHash: copyOf('state.previousHash', state.previousHash),
    lastOfEpoch: copyOf('state.lastOfEpoch', state.lastOfEpoch),
  };
}

/**
 * The message that a block producer proves with its VRF key for a slot, from Babbage on: the Blake2b-256 hash of the slot and
 * the nonce of its epoch.
 *
 * @param slot - The slot.
 * @param epochNonce - 32 bytes: `nonceAt` of {@link EpochNonces} computes it.
 * @returns 32 bytes, for `prove` and `verify` of `praosVrf`.
 */
export function vrfInputOf(slot: bigint, epochNonce: Uint8Array): Uint8Array {
  const nonce = checkBytes('epochNonce', epochNonce, NONCE_SIZE);
  return alphaOf(blake2b256, checkUnsigned64('slot', slot), nonce, undefined);
}

function firstState({ genesisHash, firstEpoch }: EpochParameters): NonceState {
  return {
    epoch: firstEpoch,
    slot: undefined,
    epochNonce: genesisHash,
    evolving: genesisHash,
    candidate: genesisHash,
    previousHash: undefined,
    lastOfEpoch: undefined,
  };
}

/**
 * The state at a slot, before its block: the first block of a later epoch begins with a new nonce. A node does this step
 * once, also when epochs without any block lie between.
 */
function stateAt(
  state: NonceState,
  slot: bigint,
  parameters: EpochParameters,
  hash: Hash,
): NonceState {
  const epoch = epochOf(parameters, slot);
  if (epoch === state.epoch) return state;
  const { extraEntropy } = parameters;
  const entropy = extraEntropy?.epoch === epoch ? extraEntropy.entropy : undefined;
  const nonce = joined(hash, state.candidate, state.lastOfEpoch);
  return {
    ...state,
    epoch,
    epochNonce: joined(hash, nonce, entropy),
    lastOfEpoch: state.previousHash,
  };
}

/** The first era with the longer window. */
const CONWAY = 7;

function stateAfter(
  state: NonceState,
  header: NonceHeader,
  parameters: EpochParameters,
  hash: Hash,
): NonceState {
  const { slotsPerEpoch, firstSlot, firstEpoch, stabilityWindow, randomnessWindow } = parameters;
  const { slot, shape, era, previousHash, vrf } = header;
  const contribution = contributionOf(hash, shape, vrf.nonce.output);
  const evolving = joined(hash, state.evolving, contribution);
  const window = (era ?? 0) < CONWAY ? stabilityWindow : randomnessWindow;
  const nextEpoch = firstSlot + (state.epoch - firstEpoch + 1n) * slotsPerEpoch;
  return {
    ...state,
    slot,
    evolving,
    candidate: slot + window < nextEpoch ? evolving : state.candidate,
    previousHash: previousHash?.slice(),
  };
}
