/**
 * Key evolving signatures verified on many threads: a stream of verifications in, a stream of verdicts out.
 *
 * @module
 */
export { VerifyAbortedError } from './verification-run.js';
export { KesVerifyPool, type KesVerifyOptions, type KesVerifyPoolOptions } from './verify-pool.js';
export { VerifyPoolClosedError, VerifyThreadError } from './verify-threads.js';
