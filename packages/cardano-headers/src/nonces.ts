/**
 * The nonces of the epochs of a chain, which the VRF proofs of its headers need.
 *
 * @module
 */
export {
  EpochNonces,
  vrfInputOf,
  type Nonce,
  type NonceHeader,
  type NonceOptions,
  type NonceState,
} from './nonce/epoch-nonces.js';
export {
  epochOfSlot,
  epochParametersOf,
  type EpochParameters,
  type ExtraEntropy,
} from './nonce/epochs.js';
