/** Headers and certificates, read and judged with cryptography in JavaScript. */
import { checkBytes } from '@evolock/direct-serialise/arguments';
import { ed25519, praosVrf, sum6Kes } from '@evolock/kes-verify';
import {
  VERIFICATION_KEY_SIZE,
  type CertificateVerdict,
  type OperationalCertificate,
  type PoolId,
  type PoolIdentity,
} from './certificate/certificate.js';
import { blake2b224, blake2b256 } from './hashes.js';
import {
  headerFunctions,
  type HeaderFunctions,
  type HeaderVerifier,
  type HeaderVerifierOptions,
} from './header/header-functions.js';
import { headerOf, readingWith, type BlockHeader } from './header/parse.js';
import type { HeaderVerdict, HeaderVerdictOptions } from './header/verdict.js';
import type { KesParameters } from './period/parameters.js';

/** Reading needs hashes only, so that a bundle which only reads leaves out the curve. */
const reading = /* @__PURE__ */ readingWith({ blake2b224, blake2b256 });

/** The functions over the cryptography of `@evolock/kes-verify`. */
export const functions: HeaderFunctions = /* @__PURE__ */ headerFunctions({
  blake2b224,
  blake2b256,
  ed25519,
  sum6Kes,
  praosVrf,
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
  return headerOf(input, reading);
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
 * import { mainnet, verifyHeader } from '@evolock/cardano-headers';
 *
 * const verdict = verifyHeader('820080', mainnet, { now: new Date() });
 * assert(verdict.result === 'not-a-header');
 * assert.equal(verdict.failures[0].code, 'malformed');
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
export function headerVerifier(
  parameters: KesParameters,
  options?: HeaderVerifierOptions,
): HeaderVerifier {
  return functions.headerVerifier(parameters, options);
}

/**
 * The verdict on the signature of a certificate: an object with a `result`, also for a forgery. Does not check the periods:
 * {@link evolutionOf} does.
 *
 * @param certificate - The certificate.
 * @param coldVerificationKey - 32 bytes.
 * @returns Of an invalid one also the `reason`: a wrong signature, or one of the form before the launch of mainnet.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod, certificateVerdict } from '@evolock/cardano-headers';
 *
 * const certificate = {
 *   hotVerificationKey: new Uint8Array(32),
 *   sequenceNumber: 0n,
 *   startPeriod: absolutePeriod(0),
 *   signature: new Uint8Array(64),
 * };
 * assert.equal(certificateVerdict(certificate, new Uint8Array(32).fill(7)).result, 'invalid');
 * ```
 */
export function certificateVerdict(
  certificate: OperationalCertificate,
  coldVerificationKey: Uint8Array,
): CertificateVerdict {
  return functions.certificateVerdict(certificate, coldVerificationKey);
}

/** The identity of the pool of a cold verification key of 32 bytes: its Blake2b-224 hash in bech32 (BIP 173; CIP-5). */
export function poolIdOf(coldVerificationKey: Uint8Array): PoolId {
  return identityOf(coldVerificationKey).poolId;
}

/** The identity of the pool of a cold verification key of 32 bytes in 56 hexadecimal digits. */
export function poolIdHexOf(coldVerificationKey: Uint8Array): string {
  return identityOf(coldVerificationKey).poolIdHex;
}

function identityOf(coldVerificationKey: Uint8Array): PoolIdentity {
  return reading.identityOf(
    checkBytes('coldVerificationKey', coldVerificationKey, VERIFICATION_KEY_SIZE),
  );
}
