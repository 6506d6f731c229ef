/**
 * Seeds in locked memory, with the Blake2b-256 expansion of key evolving signatures.
 *
 * @module
 */
export * from '@evolock/mlocked-bytes';
export { blake2b256, BLAKE2B_256_SIZE, CHILD_SEED_SIZE, MAX_SEED_SIZE } from './expansion.js';
export { checkSeed, MIN_SEED_SIZE, MLockedSeed, type ChildSeeds } from './seed.js';
