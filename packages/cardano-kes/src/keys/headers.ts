/**
 * Headers, read and judged with the cryptography of libsodium. The folders `header`, `certificate`, `period` and `cbor`
 * use no native code.
 */
import { blake2b256, sum6Kes } from '@evolock/kes-sum';
import { praosVrf } from '@evolock/vrf-praos';
import { headerOf, type BlockHeader } from '../header/parse.js';
import { verdictOn, type HeaderCryptography, type HeaderVerdict } from '../header/verdict.js';
import { checkEpochNonce, type HeaderVerdictOptions } from '../header/verdict.js';
import { checkParameters, type KesParameters } from '../period/parameters.js';
import { poolIdOf, verifyEd25519 } from './certificates.js';

/** The cryptography of libsodium. */
export const headerCryptography: HeaderCryptography = {
  poolIdOf,
  blake2b256,
  verifyEd25519,
  verifyKes: (verificationKey, evolution, message, signature) =>
    sum6Kes.verify(verificationKey, evolution, message, signature),
  verifyVrf: (verificationKey, alpha, proof) => praosVrf.verify(verificationKey, alpha, proof),
};

/**
 * Reads a header: alone, at the beginning of a block, or of a block with its era (`[era, [header, …]]`, as blocks are
 * stored on disk); each of these as `24(bytes)`, too, and a header as ChainSync sends it (`[era − 1, 24(bytes)]`). Accepts
 * what the decoder of a node accepts: arrays of definite and of indefinite length, heads of any length, byte strings of
 * definite length.
 *
 * @param input - Bytes, or hexadecimal digits as text or as the bytes of text. A header has at most 65,536 bytes, a block
 * at most 2,500,000.
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function parseHeader(input: Uint8Array | string): BlockHeader {
  return headerOf(input, headerCryptography);
}

/**
 * Judges a header as a node does. Checks the certificate with the cold key that issued the block, the evolution with the
 * limits of network and algorithm, and the KES signature over the canonical encoding of the decoded body. With
 * the nonce of its epoch also the proofs of the VRF. Checks all, even if one fails.
 *
 * @param input - As {@link parseHeader} takes it. Bytes that are not a header get a verdict too.
 * @param parameters - The parameters of the header's network.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`, for no content of the bytes.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mainnet, verifyHeader } from '@evolock/cardano-kes';
 *
 * const { result, failures } = verifyHeader('820080', mainnet);
 * assert.deepEqual([result, failures[0]?.code], ['not-a-header', 'malformed']);
 * ```
 */
export function verifyHeader(
  input: Uint8Array | string,
  parameters: KesParameters,
  options?: HeaderVerdictOptions,
): HeaderVerdict {
  return verdictOn(input, {
    parameters: checkParameters(parameters),
    cryptography: headerCryptography,
    epochNonce: checkEpochNonce(options),
  });
}
