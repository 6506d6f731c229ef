/**
 * The nonces of a chain, block by block. The nonce of an epoch follows from the headers before it.
 *
 * Source: the rules UPDN and TICKN of the Shelley ledger; `tickChainDepState` and `reupdateChainDepState` of
 * ouroboros-consensus-protocol, Praos.
 */
import type { Hash } from '../certificate/certificate.js';
import type { HeaderShape } from '../header/fields.js';
import { contributionOf, joined, type Nonce } from './nonce.js';
import type { EpochParameters } from './parameters.js';

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

/** The state before the first block. */
export function firstState({ genesisHash, firstEpoch }: EpochParameters): NonceState {
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

/** The epoch of a slot. */
export function epochOf(
  { firstSlot, firstEpoch, slotsPerEpoch }: EpochParameters,
  slot: bigint,
): bigint {
  return firstEpoch + (slot - firstSlot) / slotsPerEpoch;
}

/**
 * The state at a slot, before its block: the first block of a later epoch begins with a new nonce. A node does this step
 * once, also when epochs without any block lie between.
 */
export function stateAt(
  state: NonceState,
  slot: bigint,
  parameters: EpochParameters,
  blake2b256: Hash,
): NonceState {
  const epoch = epochOf(parameters, slot);
  if (epoch === state.epoch) return state;
  const { extraEntropy } = parameters;
  const entropy = extraEntropy?.epoch === epoch ? extraEntropy.entropy : undefined;
  const nonce = joined(blake2b256, state.candidate, state.lastOfEpoch);
  return {
    ...state,
    epoch,
    epochNonce: joined(blake2b256, nonce, entropy),
    lastOfEpoch: state.previousHash,
  };
}

/** The first era with the longer window. */
const CONWAY = 7;

/**
 * The state after a block.
 *
 * @param state - The state at its slot.
 */
export function stateAfter(
  state: NonceState,
  header: NonceHeader,
  parameters: EpochParameters,
  blake2b256: Hash,
): NonceState {
  const { slotsPerEpoch, firstSlot, firstEpoch, stabilityWindow, randomnessWindow } = parameters;
  const { slot, shape, era, previousHash, vrf } = header;
  const contribution = contributionOf(blake2b256, shape, vrf.nonce.output);
  const evolving = joined(blake2b256, state.evolving, contribution);
  const window = (era ?? 0) < CONWAY ? stabilityWindow : randomnessWindow;
  const nextEpoch = firstSlot + (state.epoch - firstEpoch + 1n) * slotsPerEpoch;
  return {
    ...state,
    slot,
    evolving,
    candidate: slot + window < nextEpoch ? evolving : state.candidate,
    previousHash,
  };
}
