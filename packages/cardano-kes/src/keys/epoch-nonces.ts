/** The nonces of the epochs of a chain, with the hash of libsodium. */
import { checkBytes, checkOptions, wrongValue } from '@evolock/direct-serialise/arguments';
import { blake2b256 } from '@evolock/kes-sum';
import { epochsOfGenesis, type EpochGenesisOptions } from '../nonce/genesis.js';
import { epochsByName } from '../nonce/networks.js';
import { alphaOf, NONCE_SIZE, type Nonce } from '../nonce/nonce.js';
import { checkEpochParameters, type EpochParameters } from '../nonce/parameters.js';
import {
  epochOf,
  firstState,
  stateAfter,
  stateAt,
  type NonceHeader,
  type NonceState,
} from '../nonce/state.js';
import { networkNamed, type NetworkName } from '../period/networks.js';
import { checkUnsigned64 } from '../period/numbers.js';

/**
 * The epochs of a known network. Those of mainnet contain the entropy that was joined to the nonce of epoch 259.
 *
 * @throws {@link CardanoError} `ERR_EVOLOCK_CARDANO_PARAMETERS`, problem `unknown-network`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function epochParametersOf(name: string): EpochParameters {
  return epochsByName[networkNamed(name).name as NetworkName];
}

/**
 * The epochs that a Shelley genesis file (`shelley-genesis.json`) states. The hash of its bytes is the nonce of the first
 * epoch. The file of a known network gives the parameters of that network.
 *
 * @param json - The bytes of the file, unchanged.
 * @param options - What the file does not state: the first slot and epoch of the Shelley era, 0 when absent, and entropy.
 * @throws {@link CardanoError} `ERR_EVOLOCK_CARDANO_PARAMETERS`; `field` names the missing or wrong member.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 */
export function epochParametersOfGenesis(
  json: Uint8Array,
  options?: EpochGenesisOptions,
): EpochParameters {
  return epochsOfGenesis(
    new Uint8Array(checkBytes('json', json)),
    blake2b256,
    checkOptions(options),
  );
}

/**
 * The epoch of a slot.
 *
 * @param parameters - The parameters of the network.
 * @param slot - The first slot of the Shelley era, or a later one.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 */
export function epochOfSlot(parameters: EpochParameters, slot: bigint): bigint {
  const epochs = checkEpochParameters(parameters);
  return epochOf(epochs, checkSlot('slot', slot, epochs.firstSlot));
}

function checkSlot(argument: string, value: unknown, least: bigint): bigint {
  const slot = checkUnsigned64(argument, value);
  if (slot < least) throw wrongValue(argument, `${String(least)} or a later slot`, String(slot));
  return slot;
}

/**
 * Computes the nonce of each epoch along a chain, from its first block on. It needs all headers in their order, and trusts
 * them: it checks neither the links between them nor the proofs of their outputs.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { EpochNonces, epochParametersOf, hexOf } from '@evolock/cardano-kes';
 *
 * const nonces = new EpochNonces(epochParametersOf('preview'));
 * assert.match(hexOf(nonces.state.epochNonce), /^363498d1/);
 * ```
 */
export class EpochNonces {
  readonly #parameters: EpochParameters;
  #state: NonceState;

  /**
   * Begins before the first block of the Shelley era, or continues after the block of a state.
   *
   * @param parameters - The parameters of the network.
   * @param state - A state of an object of the same network; the beginning of the chain when absent.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  constructor(parameters: EpochParameters, state?: NonceState) {
    this.#parameters = checkEpochParameters(parameters);
    this.#state = state === undefined ? firstState(this.#parameters) : checkState(state);
  }

  /**
   * Adds the next header of the chain.
   *
   * @param header - A header whose era is known: of a block with its era, or as ChainSync sends it.
   * @returns The nonce of its epoch, 32 bytes.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE` when its slot is not after that of
   * the header before, or when its era is unknown.
   */
  add(header: NonceHeader): Uint8Array {
    const checked = checkHeader(header);
    checkSlot('header.slot', checked.slot, this.#next);
    const state = stateAt(this.#state, checked.slot, this.#parameters, blake2b256);
    this.#state = stateAfter(state, checked, this.#parameters, blake2b256);
    return state.epochNonce.slice();
  }

  /** The nonces after the last header, as a copy. */
  get state(): NonceState {
    return checkState(this.#state);
  }

  /**
   * The nonce of a slot whose block would be the next one of the chain.
   *
   * @param slot - A slot after that of the last header.
   * @returns 32 bytes.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  nonceAt(slot: bigint): Uint8Array {
    const checked = checkSlot('slot', slot, this.#next);
    return stateAt(this.#state, checked, this.#parameters, blake2b256).epochNonce.slice();
  }

  /** The first slot that the next block can have. */
  get #next(): bigint {
    const { slot } = this.#state;
    return slot === undefined ? this.#parameters.firstSlot : slot + 1n;
  }
}

function checkHeader(value: NonceHeader): NonceHeader {
  const { shape, era, slot, previousHash, vrf } = checkOptions(
    value as Partial<NonceHeader> | undefined,
  );
  if (shape !== 'TPraos' && shape !== 'Praos')
    throw wrongValue('header.shape', 'TPraos or Praos', 'another');
  // The window of Conway is another than that of Babbage, and the shapes of both are equal.
  if (era === undefined && shape === 'Praos')
    throw wrongValue('header.era', 'the era of the block', 'undefined');
  const { output } = checkOptions(checkOptions(vrf).nonce);
  return {
    shape,
    era: era === undefined ? undefined : Number(checkUnsigned64('header.era', era)),
    slot: checkUnsigned64('header.slot', slot),
    previousHash: copyOfNonce('header.previousHash', previousHash),
    vrf: { nonce: { output: checkBytes('header.vrf.nonce.output', output) } },
  };
}

function copyOfNonce(argument: string, value: unknown): Nonce {
  return value === undefined ? undefined : new Uint8Array(checkBytes(argument, value, NONCE_SIZE));
}

function checkState(value: NonceState): NonceState {
  const state = checkOptions(value as Partial<NonceState> | undefined);
  const nonce = (name: 'epochNonce' | 'evolving' | 'candidate') =>
    new Uint8Array(checkBytes(`state.${name}`, state[name], NONCE_SIZE));
  return {
    epoch: checkUnsigned64('state.epoch', state.epoch),
    slot: state.slot === undefined ? undefined : checkUnsigned64('state.slot', state.slot),
    epochNonce: nonce('epochNonce'),
    evolving: nonce('evolving'),
    candidate: nonce('candidate'),
    previousHash: copyOfNonce('state.previousHash', state.previousHash),
    lastOfEpoch: copyOfNonce('state.lastOfEpoch', state.lastOfEpoch),
  };
}

/**
 * The message that a block producer proves with its VRF key for a slot, from Babbage on: the Blake2b-256 hash of the slot and
 * the nonce of its epoch.
 *
 * @param slot - The slot.
 * @param epochNonce - 32 bytes: `nonceAt` of {@link EpochNonces} computes it.
 * @returns 32 bytes, for `prove` and `verify` of `praosVrf`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 */
export function vrfInputOf(slot: bigint, epochNonce: Uint8Array): Uint8Array {
  const nonce = checkBytes('epochNonce', epochNonce, NONCE_SIZE);
  return alphaOf(blake2b256, checkUnsigned64('slot', slot), nonce, undefined);
}
