/**
 * For tests of packages that allocate locked memory: a log of allocations.
 *
 * @module
 */
export * from '@evolock/dsign-ed25519/testing';
