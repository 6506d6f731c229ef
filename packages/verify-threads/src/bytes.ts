/**
 * For the module of a `BytesPool`. It loads nothing else.
 *
 * @module
 */
export { bytesIn, type BytesBatch } from './batch.js';
