/**
 * What the tests of several packages share.
 *
 * @module
 */
export * from './calls.js';
export * from './locked-value-suite.js';
export * from './recording-allocator.js';
export * from './toy-dsign.js';
