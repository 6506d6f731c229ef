/**
 * Verifies key evolving signatures on many threads: a stream of items in, a stream of verdicts out. A `BytesPool` judges
 * byte strings by a function of the caller.
 *
 * @module
 */
export { BytesPool } from './bytes-pool.js';
export type { BytesBatch } from './batch.js';
export { VerifyAbortedError, VerifyPoolClosedError, VerifyThreadError } from './errors.js';
export type { KesVerifyOptions, PoolOptions } from './pool-core.js';
export { KesVerifyPool, type KesVerifyPoolOptions } from './verify-pool.js';
