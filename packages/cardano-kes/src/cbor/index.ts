/**
 * Reading and writing of public CBOR, for packages with formats that contain an operational certificate. Only
 * `checkCertificate` checks its argument.
 *
 * @module
 */
export { certificateOf, certificateShapes, checkCertificate } from '../certificate/certificate.js';
export { decodeItem } from './decode.js';
export { encodeItem, type CborItem } from './encode.js';
export { bytes, number, type Shape } from './shape.js';
export { arrayAt, CborError, type CborProblem, type Item, type Items } from './walk.js';
