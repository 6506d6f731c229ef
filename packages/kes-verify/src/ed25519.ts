/** Ed25519 with the verdicts of libsodium. */
import { checkBytes, sameBytes } from '@evolock/direct-serialise/arguments';
import { multiplyBase, ORDER, POINT_SIZE, pointOf, readNumber } from './curve.js';
import { sha512 } from './hashes.js';

/**
 * A signature scheme as the leaf of a key evolving scheme, of which only verification is here. Each `LeafScheme` of
 * `@evolock/kes-sum` is one.
 */
export interface LeafVerifier {
  /** Name, which is part of the names of key evolving schemes. */
  readonly name: string;
  /** Bytes of a verification key. */
  readonly verificationKeySize: number;
  /** Bytes of a signature. */
  readonly signatureSize: number;
  readonly leaf: {
    /** Verifies bytes of the sizes above. It is synchronous, and throws for no content of the bytes. */
    verify(verificationKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  };
}

/** A signature scheme, of which only verification is here. */
export interface DsignAlgorithm extends LeafVerifier {
  readonly name: 'ed25519';
  readonly verificationKeySize: 32;
  readonly signatureSize: 64;
  /**
   * Whether a signature is valid. `false` for wrong bytes and wrong lengths. Throws {@link ArgumentError} for a value that
   * is not a `Uint8Array`.
   */
  verify(verificationKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/**
 * Ed25519 as libsodium verifies it: without a cofactor. Verification keys and commitments of small order, points that are
 * not canonical and a response of the order or above are refused.
 *
 * Source: RFC 8032, section 5.1.7; `crypto_sign_verify_detached` of libsodium.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519 } from '@evolock/kes-verify';
 *
 * // RFC 8032, section 7.1, test 1
 * const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (digits) => parseInt(digits, 16));
 * const verificationKey = bytes('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
 * const signature = bytes(
 *   'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
 *     '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
 * );
 * assert(ed25519.verify(verificationKey, new Uint8Array(0), signature));
 * ```
 */
export const ed25519: DsignAlgorithm = /* @__PURE__ */ Object.freeze({
  name: 'ed25519',
  verificationKeySize: 32,
  signatureSize: 64,
  leaf: { verify: isSigned },
  verify(verificationKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    const key = checkBytes('verificationKey', verificationKey);
    const bytes = checkBytes('message', message);
    const candidate = checkBytes('signature', signature);
    if (key.byteLength !== POINT_SIZE || candidate.byteLength !== 2 * POINT_SIZE) return false;
    return isSigned(key, bytes, candidate);
  },
} as const);

/**
 * Whether a signature is valid. Sizes are checked. The equation is R = s·B − k·A, computed and compared as bytes: this
 * refuses an R that is not canonical. `verify` of `@noble/curves` multiplies both sides by the cofactor, which accepts more
 * signatures than libsodium.
 */
export function isSigned(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const commitment = signature.subarray(0, POINT_SIZE);
  const response = readNumber(signature.subarray(POINT_SIZE));
  if (response >= ORDER) return false;
  const point = pointOf(key);
  if (point === undefined || point.isSmallOrder()) return false;
  const challenge = readNumber(sha512(commitment, key, message)) % ORDER;
  const computed = multiplyBase(response).subtract(point.multiplyUnsafe(challenge));
  return sameBytes(computed.toBytes(), commitment) && !computed.isSmallOrder();
}
