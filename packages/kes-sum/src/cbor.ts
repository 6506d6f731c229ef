/**
 * CBOR of verification keys and signatures, handed on from kes-single.
 *
 * @module
 */
export {
  CborError,
  decodeSignature,
  decodeVerificationKey,
  encodeSignature,
  encodeVerificationKey,
  type CborProblem,
} from '@evolock/kes-single/cbor';
