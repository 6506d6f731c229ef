/**
 * Cardano KES for operators and chain software: periods, key files read straight into locked memory, operational
 * certificates, headers.
 *
 * @module
 */
export { expiryOf, type Expiry } from './expiry.js';
export { parametersOfGenesis, type GenesisOptions } from './genesis.js';
export {
  kesParameters,
  type KesParameters,
  type KesParametersInit,
  type SlotAnchor,
} from './kes-parameters.js';
export {
  evolutionLimit,
  evolutionOf,
  firstSlotOfPeriod,
  periodOfSlot,
  type EvolutionLimit,
  type EvolutionStatus,
  type InvalidEvolution,
  type ValidEvolution,
} from './kes-period.js';
export {
  mainnet,
  networkNamed,
  networkNames,
  preprod,
  preview,
  type NetworkName,
} from './networks.js';
export {
  absolutePeriod,
  evolution,
  slot,
  SUM6_PERIODS,
  type AbsolutePeriod,
  type Evolution,
  type Slot,
} from './numbers.js';
export { ParametersError, type ParametersProblem } from './parameters-error.js';
export { dateOfSlot, hasDates, NoDateError, slotOfDate, type NoDateReason } from './slot-dates.js';
