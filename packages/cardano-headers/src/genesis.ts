/**
 * What the Shelley genesis file of a network states: its parameters, and its epochs.
 *
 * @module
 */
export { epochParametersOfGenesis } from './nonce/epochs.js';
export { parametersOfGenesis, type GenesisOptions } from './period/genesis.js';
