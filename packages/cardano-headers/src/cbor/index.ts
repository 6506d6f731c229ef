/**
 * Reading and writing of public CBOR, for packages with formats of their own. No function checks its arguments.
 *
 * @module
 */
export { bytes, decodeItem, number, readItem, type ReadItem, type Shape } from './decode.js';
export { encodeItem, headOf, type CborItem } from './encode.js';
export { arrayAt, CborError, type CborProblem, type Item, type Items } from './walk.js';
