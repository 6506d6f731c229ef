/** The functions on headers and certificates, over cryptography of the caller. */
import { checkBytes } from '@evolock/direct-serialise/arguments';
import {
  certificateVerdict,
  checkCertificate,
  VERIFICATION_KEY_SIZE,
  type CertificateVerdict,
  type OperationalCertificate,
  type PoolId,
} from '../certificate/certificate.js';
import { checkParameters, type KesParameters } from '../period/parameters.js';
import { judgeOfMany, type HeaderVerifierOptions } from './many-headers.js';
import { headerOf, type BlockHeader } from './parse.js';
import {
  checkEpochNonce,
  verdictOn,
  type HeaderCryptography,
  type HeaderVerdict,
  type HeaderVerdictOptions,
} from './verdict.js';

/** Functions with the names and the results of those of `@evolock/cardano-kes`. */
export type HeaderFunctions = ReturnType<typeof headerFunctions>;

/**
 * The functions on headers and certificates over cryptography of the caller. They check their arguments.
 *
 * @param cryptography - Its functions get bytes of the right sizes.
 */
export function headerFunctions(cryptography: HeaderCryptography) {
  const { poolIdOf, verifyEd25519 } = cryptography;
  const checkKey = (key: Uint8Array) =>
    checkBytes('coldVerificationKey', key, VERIFICATION_KEY_SIZE);
  return {
    /** Reads a header. */
    parseHeader: (input: Uint8Array | string): BlockHeader => headerOf(input, cryptography),
    /** Judges a header as a node does. */
    verifyHeader: (
      input: Uint8Array | string,
      parameters: KesParameters,
      options?: HeaderVerdictOptions,
    ): HeaderVerdict =>
      verdictOn(input, {
        parameters: checkParameters(parameters),
        cryptography,
        epochNonce: checkEpochNonce(options),
      }),
    /** A function that judges headers of one network, and verifies a certificate once. */
    judgeOfMany: (parameters: KesParameters, options?: HeaderVerifierOptions) =>
      judgeOfMany(cryptography, parameters, options),
    /** Whether a cold key signed a certificate. */
    verifyCertificate: (
      certificate: OperationalCertificate,
      coldVerificationKey: Uint8Array,
    ): CertificateVerdict =>
      certificateVerdict(
        checkCertificate(certificate),
        checkKey(coldVerificationKey),
        verifyEd25519,
      ),
    /** The identity of the pool of a cold verification key. */
    poolIdOf: (coldVerificationKey: Uint8Array): PoolId => poolIdOf(checkKey(coldVerificationKey)),
  };
}
