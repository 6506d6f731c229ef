/**
 * Block headers and operational certificates of Cardano, in JavaScript: periods, networks, certificates and the judgement of
 * their numbers, headers and their verdict, nonces. It runs in browsers and in other engines without native code.
 *
 * @module
 */
export { ArgumentError, type ArgumentErrorCode } from '@evolock/direct-serialise/arguments';
export {
  type CertificateBody,
  type CertificateRefusal,
  type CertificateVerdict,
  type Hash,
  type IssuedCertificate,
  type OperationalCertificate,
  type PoolId,
  type PoolIdentity,
} from './certificate/certificate.js';
export {
  HeaderError,
  NoDateError,
  ParametersError,
  type HeaderProblem,
  type NoDateReason,
  type ParametersErrorReason,
} from './errors.js';
export { isBlockHeaderBody } from './header/body-rule.js';
export type { HeaderShape } from './header/fields.js';
export {
  headerFunctions,
  type HeaderFunctions,
  type HeaderVerifier,
  type HeaderVerifierOptions,
} from './header/header-functions.js';
export { headerItems, HeaderItems, type HeaderItem } from './header/items.js';
export type {
  BlockHeader,
  HeaderCryptography,
  HeaderHashes,
  HeaderVrf,
  LeiosFields,
  VrfResult,
} from './header/parse.js';
export type { NotJudged, NotJudgedCode } from './header/not-judged.js';
export { MAX_BLOCK_SIZE } from './header/place.js';
export type { IncompleteReason } from './header/slot-time.js';
export {
  certificateFailure,
  evolutionFailures,
  type CertificateFailure,
  type EvolutionFailure,
  type HeaderFailure,
  type HeaderFailureCode,
  type HeaderResult,
  type HeaderVerdict,
  type HeaderVerdictOptions,
  type IncompleteHeader,
  type InvalidHeader,
  type JudgedHeader,
  type LaterHeader,
  type NotAHeader,
  type SignatureFact,
  type ValidHeader,
} from './header/verdict.js';
export {
  verdictJson,
  type CertificateJson,
  type EvolutionJson,
  type HeaderJson,
  type LeiosJson,
  type NetworkJson,
  type VerdictJson,
} from './json/header.js';
export {
  certificateVerdict,
  headerVerifier,
  parseHeader,
  poolIdHexOf,
  poolIdOf,
  verifyHeader,
} from './headers.js';
export { bytesOfHex, hexOf } from './hex.js';
export {
  dateOfSlot,
  evolutionLimit,
  evolutionOf,
  expiryOf,
  firstSlotOfPeriod,
  hasDates,
  periodOfDate,
  periodOfSlot,
  slotOfDate,
  type EvolutionLimit,
  type EvolutionStatus,
  type Expiry,
  type InvalidEvolution,
  type ValidEvolution,
} from './period/evolution.js';
export {
  absolutePeriod,
  slot,
  type AbsolutePeriod,
  type Evolution,
  type Meaning,
  type Slot,
} from './period/numbers.js';
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
} from './period/parameters.js';
