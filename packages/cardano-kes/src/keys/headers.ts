/**
 * Certificates and headers with the cryptography of libsodium: issued, read and judged. The folders `header`, `certificate`,
 * `period` and `cbor` use no native code.
 */
import { blake2b256, ed25519, sum6Kes } from '@evolock/kes-sum';
import { sodium } from '@evolock/kes-sum/unsound';
import { praosVrf } from '@evolock/vrf-praos';
import { bech32 } from '@scure/base';
import {
  certificateMessage,
  checkBody,
  type CertificateBody,
  type OperationalCertificate,
  type PoolId,
} from '../certificate/certificate.js';
import {
  headerFunctions,
  type HeaderFunctions,
  type HeaderVerifierOptions,
} from '../header/header-functions.js';
import type { HeaderCryptography } from '../header/parse.js';
import type { HeaderVerdict, HeaderVerdictOptions } from '../header/verdict.js';
import { hexOf } from '../hex.js';
import type { KesParameters } from '../period/parameters.js';
import { checkColdKey, type ColdSigningKey } from './signing-keys.js';

const BLAKE2B_224_SIZE = 28;

/** The identity of a pool: Blake2b-224, unkeyed, of its key (RFC 7693). A shortened longer hash is another hash. */
function identityOf(coldVerificationKey: Uint8Array): PoolId {
  const id = new Uint8Array(BLAKE2B_224_SIZE);
  sodium.crypto_generichash(id, coldVerificationKey);
  return { hex: hexOf(id), bech32: bech32.encodeFromBytes('pool', id) };
}

const libsodium: HeaderCryptography = {
  poolIdOf: identityOf,
  blake2b256,
  verifyEd25519: (verificationKey, message, signature) =>
    ed25519.verify(verificationKey, message, signature),
  verifyKes: (verificationKey, evolution, message, signature) =>
    sum6Kes.verify(verificationKey, evolution, message, signature),
  verifyVrf: (verificationKey, alpha, proof) => praosVrf.verify(verificationKey, alpha, proof),
};

const functions = headerFunctions(libsodium);

/**
 * Signs a certificate. The caller chooses the sequence number: {@link issueToFile} takes it from the file of the counter
 * and never takes a number twice.
 *
 * @param coldKey - A live key. It is only read.
 * @returns The certificate, with its signature of 64 bytes.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`.
 */
export function issueCertificate(
  coldKey: ColdSigningKey,
  body: CertificateBody,
): OperationalCertificate {
  const key = checkColdKey(coldKey);
  const checked = checkBody(body);
  return { ...checked, signature: key.sign(certificateMessage(checked)) };
}

/**
 * Reads a header, without a verdict. It is alone, at the beginning of a block, or of a block with its era
 * (`[era, [header, …]]`, as blocks are stored on disk); each of these as `24(bytes)`, too, and a header as ChainSync sends it (`[era − 1, 24(bytes)]`). Accepts
 * what the decoder of a node accepts: arrays of definite and of indefinite length, heads of any length, byte strings of
 * definite length.
 *
 * @param input - Bytes, or hexadecimal digits as text or as the bytes of text. A header has at most 65,536 bytes, a block
 * at most 2,500,000.
 * @returns The fields of the header, its hash and its pool.
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`.
 */
export const parseHeader = functions.parseHeader;

/**
 * Judges a header as a node does. Checks the certificate with the cold key that issued the block, the evolution with the
 * limits of network and algorithm, and the KES signature over the canonical encoding of the decoded body. With
 * the nonce of its epoch also the proofs of the VRF, and with the moment whether its slot has come. Checks all, even if one
 * fails.
 *
 * @param input - As {@link parseHeader} takes it. Bytes that are not a header get a verdict too.
 * @param parameters - The parameters of the header's network.
 * @returns The verdict: `valid`, `invalid`, `incomplete` or `not-a-header`, with all facts, all failures, and what was not
 * checked.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mainnet, verifyHeader } from '@evolock/cardano-kes';
 *
 * const { result, failures } = verifyHeader('820080', mainnet, { now: new Date() });
 * assert.deepEqual([result, failures[0]?.code], ['not-a-header', 'malformed']);
 * ```
 */
export const verifyHeader = functions.verifyHeader;

/**
 * Whether a cold key signed a certificate. Does not check the periods: {@link evolutionOf} does.
 *
 * @param certificate - The certificate.
 * @param coldVerificationKey - 32 bytes.
 * @returns `valid`, and else the `reason`: a wrong signature, or one of the form before the launch of mainnet.
 */
export const verifyCertificate = functions.verifyCertificate;

/**
 * The identity of the pool of a cold verification key: its Blake2b-224 hash.
 *
 * Source: BIP 173; CIP-5.
 *
 * @param coldVerificationKey - 32 bytes.
 * @returns The 28 bytes as hexadecimal digits and as bech32.
 */
export const poolIdOf = functions.poolIdOf;

/**
 * Judges headers of one network, as `verifyHeader` does. A certificate is verified once, however many headers carry it: its
 * verdict is kept by all bytes that it depends on, the cold key included. The KES signature of each header is verified.
 */
export class HeaderVerifier {
  readonly #judge: ReturnType<HeaderFunctions['judgeOfMany']>;

  /** Makes a verifier for the parameters of a network. No certificate is known to it. */
  constructor(parameters: KesParameters, options?: HeaderVerifierOptions) {
    this.#judge = functions.judgeOfMany(parameters, options);
  }

  /** Judges a header, in the forms and for the bytes that `verifyHeader` takes; `undefined` for one that is not wanted. */
  verify(input: Uint8Array | string, options?: HeaderVerdictOptions): HeaderVerdict | undefined {
    return this.#judge(input, options);
  }
}
