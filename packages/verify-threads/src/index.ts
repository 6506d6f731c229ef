/**
 * Threads that judge byte strings by a function of the caller: a stream of items in, a stream of verdicts out.
 *
 * @module
 */
export { BytesPool } from './bytes-pool.js';
export type { BytesBatch } from './batch.js';
export { VerifyAbortedError, VerifyPoolClosedError, VerifyThreadError } from './errors.js';
export type { PoolOptions, StreamOptions } from './thread-pool.js';
