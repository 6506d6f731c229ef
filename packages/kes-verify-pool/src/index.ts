/**
 * Key evolving signatures verified on many threads: a stream of verifications in, a stream of verdicts out. The same
 * threads judge byte strings by a function of the caller.
 *
 * @module
 */
export { BytesPool } from './bytes-pool.js';
export type { BytesBatch } from './bytes-batch.js';
export type { KesVerifyOptions, PoolOptions } from './pool-core.js';
export { VerifyAbortedError } from './verification-run.js';
export { KesVerifyPool, type KesVerifyPoolOptions } from './verify-pool.js';
export { VerifyPoolClosedError, VerifyThreadError } from './verify-threads.js';
