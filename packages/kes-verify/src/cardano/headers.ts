/** Headers and certificates of Cardano, read and judged with the cryptography of this package. */
import {
  headerFunctions,
  hexOf,
  type BlockHeader,
  type CertificateVerdict,
  type HeaderFunctions,
  type HeaderVerdict,
  type HeaderVerdictOptions,
  type HeaderVerifierOptions,
  type KesParameters,
  type OperationalCertificate,
  type PoolId,
} from '@evolock/cardano-kes/header';
import { isSigned } from '../ed25519.js';
import { blake2b224, blake2b256 } from '../hashes.js';
import { sum6Kes } from '../kes/algorithms.js';
import { praosVrf } from '../vrf/praos-vrf.js';
import { bech32Of } from './bech32.js';

const functions = /* @__PURE__ */ headerFunctions({
  poolIdOf: (coldVerificationKey) => {
    const id = blake2b224(coldVerificationKey);
    return { hex: hexOf(id), bech32: bech32Of('pool', id) };
  },
  blake2b256,
  verifyEd25519: isSigned,
  verifyKes: (verificationKey, evolution, message, signature) =>
    sum6Kes.verify(verificationKey, evolution, message, signature),
  verifyVrf: (verificationKey, alpha, proof) => praosVrf.verify(verificationKey, alpha, proof),
});

/**
 * Reads a header, without a verdict. It is alone, at the beginning of a block, or of a block with its era
 * (`[era, [header, …]]`, as blocks are stored on disk); each of these as `24(bytes)`, too, and a header as ChainSync
 * sends it (`[era − 1, 24(bytes)]`).
 *
 * @param input - Bytes, or hexadecimal digits as text or as the bytes of text. A header has at most 65,536 bytes, a block
 * at most 2,500,000.
 * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`.
 */
export function parseHeader(input: Uint8Array | string): BlockHeader {
  return functions.parseHeader(input);
}

/**
 * Judges a header as a node does. Checks the certificate with the cold key that issued the block, the evolution with the
 * limits of network and algorithm, and the KES signature over the canonical encoding of the decoded body. With the nonce of
 * its epoch also the proofs of the VRF, and with the moment whether its slot has come. Checks all, even if one fails.
 *
 * @param input - As {@link parseHeader} takes it. Bytes that are not a header get a verdict too.
 * @param parameters - The parameters of the header's network.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mainnet, verifyHeader } from '@evolock/kes-verify';
 *
 * const { result, failures } = verifyHeader('820080', mainnet, { now: new Date() });
 * assert.deepEqual([result, failures[0]?.code], ['not-a-header', 'malformed']);
 * ```
 */
export function verifyHeader(
  input: Uint8Array | string,
  parameters: KesParameters,
  options?: HeaderVerdictOptions,
): HeaderVerdict {
  return functions.verifyHeader(input, parameters, options);
}

/**
 * Judges headers of one network, as {@link verifyHeader} does. A certificate is verified once, however many headers carry
 * it: its verdict is kept by all bytes that it depends on, the cold key included. The KES signature of each header is
 * verified.
 */
export class HeaderVerifier {
  readonly #judge: ReturnType<HeaderFunctions['judgeOfMany']>;

  /** Makes a verifier for the network of the parameters. No certificate is known to it. */
  constructor(parameters: KesParameters, options?: HeaderVerifierOptions) {
    this.#judge = functions.judgeOfMany(parameters, options);
  }

  /** Judges a header as {@link verifyHeader} does. Returns `undefined` for a header that is not wanted. */
  verify(input: Uint8Array | string, options?: HeaderVerdictOptions): HeaderVerdict | undefined {
    return this.#judge(input, options);
  }
}

/**
 * Whether a cold key signed a certificate. Does not check the periods: {@link evolutionOf} does.
 *
 * @param certificate - The certificate.
 * @param coldVerificationKey - 32 bytes.
 * @returns `valid`, and else the `reason`: a wrong signature, or one of the form before the launch of mainnet.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod, verifyCertificate } from '@evolock/kes-verify';
 *
 * const certificate = {
 *   hotVerificationKey: new Uint8Array(32),
 *   sequenceNumber: 0n,
 *   startPeriod: absolutePeriod(0),
 *   signature: new Uint8Array(64),
 * };
 * assert(!verifyCertificate(certificate, new Uint8Array(32).fill(7)).valid);
 * ```
 */
export function verifyCertificate(
  certificate: OperationalCertificate,
  coldVerificationKey: Uint8Array,
): CertificateVerdict {
  return functions.verifyCertificate(certificate, coldVerificationKey);
}

/** The identity of the pool of a cold verification key of 32 bytes: its Blake2b-224 hash (BIP 173; CIP-5). */
export function poolIdOf(coldVerificationKey: Uint8Array): PoolId {
  return functions.poolIdOf(coldVerificationKey);
}
