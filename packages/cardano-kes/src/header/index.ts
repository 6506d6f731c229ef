/**
 * Headers and certificates without native code: the caller gives the hash and verify functions. This entry loads no file
 * access and no key, so it runs in a browser too.
 *
 * @module
 */
export {
  certificateOf,
  certificateShapes,
  checkCertificate,
  type CertificateBody,
  type CertificateVerdict,
  type IssuedCertificate,
  type OperationalCertificate,
  type PoolId,
} from '../certificate/certificate.js';
export { parseCertificate, type CertificateFile } from '../certificate/text.js';
export {
  CardanoError,
  EnvelopeError,
  HeaderError,
  NoDateError,
  type CardanoErrorReason,
  type EnvelopeProblem,
  type HeaderProblem,
  type NoDateReason,
} from '../errors.js';
export { hexOf } from '../hex.js';
export {
  dateOfSlot,
  evolutionLimit,
  evolutionOf,
  expiryOf,
  firstSlotOfPeriod,
  hasDates,
  periodOfSlot,
  slotOfDate,
  type EvolutionLimit,
  type EvolutionStatus,
  type Expiry,
  type InvalidEvolution,
  type ValidEvolution,
} from '../period/evolution.js';
export { parametersOfGenesis, type GenesisOptions } from '../period/genesis.js';
export {
  kesParameters,
  mainnet,
  networkNamed,
  networkNames,
  preprod,
  preview,
  type KesParameters,
  type KesParametersInit,
  type NetworkName,
  type SlotAnchor,
} from '../period/parameters.js';
export {
  absolutePeriod,
  slot,
  type AbsolutePeriod,
  type Evolution,
  type Meaning,
  type Slot,
} from '../period/numbers.js';
export { isBlockHeaderBody } from './body-rule.js';
export type { HeaderShape } from './fields.js';
export {
  headerFunctions,
  type HeaderFunctions,
  type HeaderVerifierOptions,
} from './header-functions.js';
export type { BlockHeader, HeaderCryptography, HeaderVrf, VrfResult } from './parse.js';
export { headerItems, HeaderItems, type HeaderItem } from './items.js';
export { MAX_BLOCK_SIZE } from './place.js';
export type { IncompleteReason } from './slot-time.js';
export {
  evolutionFailures,
  verdictJson,
  type EvolutionFailure,
  type HeaderFailure,
  type HeaderFailureCode,
  type HeaderResult,
  type HeaderVerdict,
  type HeaderVerdictOptions,
  type NotJudged,
  type NotJudgedCode,
  type SignatureFact,
  type VerdictJson,
} from './verdict.js';
