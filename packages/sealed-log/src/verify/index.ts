/**
 * Verification of sealed logs without native code, in browsers too.
 *
 * @module
 */
export type { Sha256, Sha256Parts } from '../format/tree.js';
