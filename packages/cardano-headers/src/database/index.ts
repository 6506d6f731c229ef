/**
 * Verifies the immutable database of a node: reads its chunks, judges their headers, follows the order of its chain.
 *
 * @module
 */
export type { OrderFailure, OrderFailureCode } from './chain.js';
export type { Passed } from './files.js';
export type { HeaderThreads, JudgeContext } from './groups.js';
export type { Facts, GroupVerdicts } from './judge.js';
export type { Counts, DatabaseResult, Finding } from './tally.js';
export {
  verifyDatabase,
  type DatabasePool,
  type DatabaseVerdict,
  type VerifyDatabaseOptions,
} from './verify.js';
