/**
 * Verification of sealed logs, and of proofs of single entries, without native code. It runs in browsers too.
 *
 * @module
 */
export { ArgumentError, type ArgumentErrorCode } from '@evolock/direct-serialise/arguments';
export type { Sha256, Sha256Parts } from '../format/tree.js';
export type { Checkpoint, Fork } from './checkpoints.js';
export type { KesVerification, SealCryptography } from './cryptography.js';
export {
  countOlderFiles,
  entryDifferences,
  type ComparedLog,
  type EntryDifference,
  type EntryDifferences,
  type HashedFiles,
} from './differences.js';
export {
  proveEntry,
  verifyEntryProof,
  type EntryProofFailure,
  type EntryProofOptions,
  type EntryProofVerdict,
  type IncompleteProof,
  type InvalidProof,
  type ProvedEntry,
  type ProveEntryOptions,
  type ValidProof,
} from './entry-proof.js';
export { findFirstEntry } from './first-entry.js';
export type { AbsentEntries, Range } from './entries/absent.js';
export type { SeenUnsealed } from './entries/unsealed.js';
export type { ByteSource, FileSources } from '../reading/sources.js';
export type { SealedLogState, StatePlace, StateTree } from './state.js';
export {
  verifySealedLog,
  type IncompleteLog,
  type InvalidLog,
  type SealedLogFacts,
  type SealedLogFailure,
  type SealedLogOptions,
  type SealedLogQuestion,
  type SealedLogReason,
  type SealedLogTimes,
  type SealedLogVerdict,
  type StandingLog,
  type ValidLog,
} from './verify-log.js';
export type { SealedLogFiles, SealFailure } from './walk.js';
export {
  readWitnessPolicy,
  type CosignedNote,
  type Witnessed,
  type WitnessPolicy,
} from '../witness/policy.js';
