/** The functions on headers and certificates, over cryptography of the caller. Of many headers a certificate is verified once. */
import { checkBytes, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import {
  checkCertificate,
  judgeCertificate,
  VERIFICATION_KEY_SIZE,
  type CertificateVerdict,
  type OperationalCertificate,
  type PoolId,
  type VerifyEd25519,
} from '../certificate/certificate.js';
import {
  headerOf,
  readingWith,
  type BlockHeader,
  type HeaderCryptography,
  type HeaderReading,
} from './parse.js';
import {
  checkVerdictOptions,
  headerOrVerdict,
  judge,
  type HeaderVerdict,
  type HeaderVerdictOptions,
} from './verdict.js';
import { checkParameters, type KesParameters } from '../period/parameters.js';

/** Judges headers of one network. */
export interface HeaderVerifier {
  /** Judges a header as `verifyHeader` does. Returns `undefined` for a header that is not wanted. */
  verify(input: Uint8Array | string, options?: HeaderVerdictOptions): HeaderVerdict | undefined;
}

/** The functions of this package on headers and certificates, over one cryptography. */
export type HeaderFunctions = ReturnType<typeof headerFunctions>;

/**
 * The functions of this package on headers and certificates, over cryptography of the caller, which gets bytes of the right
 * sizes: `nativeHeaders` of `@evolock/cardano-kes` is this over libsodium.
 */
export function headerFunctions(cryptography: HeaderCryptography) {
  const { blake2b256, ed25519 } = cryptography;
  const reading = readingWith(cryptography);
  const checkKey = (key: Uint8Array) =>
    checkBytes('coldVerificationKey', key, VERIFICATION_KEY_SIZE);
  return {
    /** Blake2b-256 of public bytes: 32 bytes. */
    blake2b256,
    /** Reads a header. */
    parseHeader: (input: Uint8Array | string): BlockHeader => headerOf(input, reading),
    /** Judges a header as a node does. */
    verifyHeader: (
      input: Uint8Array | string,
      parameters: KesParameters,
      options?: HeaderVerdictOptions,
    ): HeaderVerdict => {
      const checked = checkParameters(parameters);
      const judging = {
        parameters: checked,
        reading,
        cryptography,
        ...checkVerdictOptions(options),
      };
      const header = headerOrVerdict(input, judging);
      return 'result' in header ? header : judge(header, judging);
    },
    /** A verifier of the headers of one network, which verifies a certificate once. */
    headerVerifier: (
      parameters: KesParameters,
      options?: HeaderVerifierOptions,
    ): HeaderVerifier => ({ verify: judgeOfMany(cryptography, reading, parameters, options) }),
    /** The verdict on the signature of a certificate. */
    certificateVerdict: (
      certificate: OperationalCertificate,
      coldVerificationKey: Uint8Array,
    ): CertificateVerdict =>
      judgeCertificate(checkCertificate(certificate), checkKey(coldVerificationKey), ed25519),
    /** The identity of the pool of a cold verification key. */
    poolIdOf: (coldVerificationKey: Uint8Array): PoolId =>
      reading.identityOf(checkKey(coldVerificationKey)).poolId,
  };
}

/** Options of a {@link HeaderVerifier}. */
export interface HeaderVerifierOptions {
  /**
   * Whether a header is to be judged. A header that is not has no verdict, and nothing of it is verified. All are when
   * absent.
   */
  readonly wanted?: ((header: BlockHeader) => boolean) | undefined;
}

/** The number of certificates whose verdict is kept, in some 2 MB. */
const MOST_CERTIFICATES = 4_096;

/** Bytes of the longest key: a cold key, a signature and the longer form of the message. */
const MOST_KEY_BYTES = 256;

/** A function of public bytes, whose sizes have to separate them, which keeps its results. The oldest is dropped for a new one. */
function kept<Value, Parts extends readonly Uint8Array[]>(
  compute: (...parts: Parts) => Value,
): (...parts: Parts) => Value {
  const values = new Map<string, Value>();
  // Memory for each key would cost more than the lookup.
  const memory = new Uint8Array(MOST_KEY_BYTES);
  return (...parts) => {
    let size = 0;
    for (const part of parts) {
      memory.set(part, size);
      size += part.byteLength;
    }
    // One character a byte.
    const key = String.fromCharCode(...memory.subarray(0, size));
    const known = values.get(key);
    if (known !== undefined) return known;
    const value = compute(...parts);
    for (const oldest of values.keys()) {
      if (values.size < MOST_CERTIFICATES) break;
      values.delete(oldest);
    }
    values.set(key, value);
    return value;
  };
}

/** A function that judges headers of one network. It returns `undefined` for a header that is not wanted. */
function judgeOfMany(
  cryptography: HeaderCryptography,
  reading: HeaderReading,
  networkParameters: KesParameters,
  options: HeaderVerifierOptions | undefined,
): (input: unknown, options?: HeaderVerdictOptions) => HeaderVerdict | undefined {
  const { wanted } = checkOptions(options, ['wanted']);
  if (wanted !== undefined && typeof wanted !== 'function')
    throw wrongType('options.wanted', 'a function', wanted);
  const parameters = checkParameters(networkParameters);
  const verifyCertificate: VerifyEd25519 = (...given) => cryptography.ed25519.verify(...given);
  // Key and signature have fixed sizes.
  const cached = {
    parameters,
    reading: { ...reading, identityOf: kept(reading.identityOf) },
    cryptography: { ...cryptography, ed25519: { verify: kept(verifyCertificate) } },
  };
  return (input, verdictOptions) => {
    const judging = { ...cached, ...checkVerdictOptions(verdictOptions) };
    const header = headerOrVerdict(input, judging);
    if ('result' in header) return header;
    return wanted?.(header) === false ? undefined : judge(header, judging);
  };
}
