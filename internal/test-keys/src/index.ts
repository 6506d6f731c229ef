/**
 * What the tests of several packages share about keys.
 *
 * @module
 */
export * from './keys.js';
export * from './verifications.js';
