/** The functions on headers and certificates, over cryptography of the caller. */
import { checkBytes, checkFunction, wrongType } from '@evolock/direct-serialise/arguments';
import {
  certificateVerdict,
  checkCertificate,
  VERIFICATION_KEY_SIZE,
  type CertificateVerdict,
  type OperationalCertificate,
} from '../certificate/certificate.js';
import type { PoolId } from '../certificate/certificate.js';
import { checkParameters, type KesParameters } from '../period/parameters.js';
import { headerOf, type BlockHeader } from './parse.js';
import { verdictOn, type HeaderCryptography, type HeaderVerdict } from './verdict.js';
import { checkEpochNonce, type HeaderVerdictOptions } from './verdict.js';

/** Functions with the names and the results of those of `@evolock/cardano-kes`. */
export interface HeaderFunctions {
  /** Reads a header. */
  readonly parseHeader: (input: Uint8Array | string) => BlockHeader;
  /** Judges a header as a node does. */
  readonly verifyHeader: (
    input: Uint8Array | string,
    parameters: KesParameters,
    options?: HeaderVerdictOptions,
  ) => HeaderVerdict;
  /** Whether a cold key signed a certificate. */
  readonly verifyCertificate: (
    certificate: OperationalCertificate,
    coldVerificationKey: Uint8Array,
  ) => CertificateVerdict;
  /** The identity of the pool of a cold verification key. */
  readonly poolIdOf: (coldVerificationKey: Uint8Array) => PoolId;
}

/**
 * The functions on headers and certificates over cryptography of the caller. They check their arguments.
 *
 * @param cryptography - Its functions get bytes of the right sizes.
 */
export function headerFunctions(cryptography: HeaderCryptography): HeaderFunctions {
  const checked = checkCryptography(cryptography);
  return Object.freeze({
    parseHeader: (input: Uint8Array | string) => headerOf(input, checked),
    verifyHeader: (
      input: Uint8Array | string,
      parameters: KesParameters,
      options?: HeaderVerdictOptions,
    ) =>
      verdictOn(input, {
        parameters: checkParameters(parameters),
        cryptography: checked,
        epochNonce: checkEpochNonce(options),
      }),
    verifyCertificate: (certificate: OperationalCertificate, coldVerificationKey: Uint8Array) =>
      certificateVerdict(
        checkCertificate(certificate),
        checkColdKey(coldVerificationKey),
        checked.verifyEd25519,
      ),
    poolIdOf: (coldVerificationKey: Uint8Array) =>
      checked.poolIdOf(checkColdKey(coldVerificationKey)),
  });
}

function checkCryptography(value: HeaderCryptography): HeaderCryptography {
  if (typeof value !== 'object' || (value as unknown) === null)
    throw wrongType('cryptography', 'an object of five functions', value);
  const { poolIdOf, blake2b256, verifyEd25519, verifyKes, verifyVrf } = value;
  const functions = { poolIdOf, blake2b256, verifyEd25519, verifyKes, verifyVrf };
  for (const [name, each] of Object.entries(functions)) checkFunction(`cryptography.${name}`, each);
  return functions;
}

function checkColdKey(value: Uint8Array): Uint8Array {
  return checkBytes('coldVerificationKey', value, VERIFICATION_KEY_SIZE);
}
