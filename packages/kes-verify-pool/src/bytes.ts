/**
 * What the module of a `BytesPool` imports. It loads nothing else.
 *
 * @module
 */
export { bytesIn, type BytesBatch } from './bytes-batch.js';
