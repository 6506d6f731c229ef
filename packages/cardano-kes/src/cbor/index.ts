/**
 * Reading and writing of public CBOR, for packages with formats of their own. No function checks its arguments.
 *
 * @module
 */
export { decodeItem } from './decode.js';
export { encodeItem, type CborItem } from './encode.js';
export { bytes, number, type Shape } from './shape.js';
export { arrayAt, CborError, type CborProblem, type Item, type Items } from './walk.js';
