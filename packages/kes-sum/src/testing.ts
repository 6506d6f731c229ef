/**
 * For tests of packages that allocate locked memory: a log of allocations.
 *
 * @module
 */
export * from '@evolock/kes-single/testing';
