/** Verdicts on many headers: what they share is computed once. */
import { checkInteger, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import type { BlockHeader } from '../header/parse.js';
import { verdictOn, type HeaderCryptography, type HeaderVerdict } from '../header/verdict.js';
import { checkEpochNonce, type HeaderVerdictOptions } from '../header/verdict.js';
import { checkParameters, type KesParameters } from '../period/parameters.js';
import { poolIdOf, verifyEd25519 } from './certificates.js';
import { headerCryptography } from './headers.js';

/** Options of a {@link HeaderVerifier}. */
export interface HeaderVerifierOptions {
  /** The number of certificates whose verdict is kept, at least 1: 4,096 when absent, in some 2 MB. */
  readonly certificates?: number | undefined;
  /**
   * Whether a header is to be judged. A header that is not has no verdict, and nothing of it is verified. All are when
   * absent.
   */
  readonly wanted?: ((header: BlockHeader) => boolean) | undefined;
}

const CERTIFICATES = 4_096;
const MOST_CERTIFICATES = 16_777_216;

/** Bytes of the longest key: a cold key, a signature and the longer form of the message. */
const MOST_KEY_BYTES = 256;

/** Values by public bytes. The oldest is dropped for a new one. */
class Cache<Value> {
  readonly #most: number;
  readonly #values = new Map<string, Value>();
  /** The bytes of a key: a buffer for each would cost more than the lookup. */
  readonly #memory = Buffer.alloc(MOST_KEY_BYTES);

  constructor(most: number) {
    this.#most = most;
  }

  /** The value of these bytes, computed if it is not there. Their sizes have to separate them. */
  of(parts: readonly Uint8Array[], compute: () => Value): Value {
    const key = this.#keyOf(parts);
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = compute();
    for (const oldest of this.#values.keys()) {
      if (this.#values.size < this.#most) break;
      this.#values.delete(oldest);
    }
    this.#values.set(key, value);
    return value;
  }

  /** One character a byte. */
  #keyOf(parts: readonly Uint8Array[]): string {
    let size = 0;
    for (const part of parts) {
      this.#memory.set(part, size);
      size += part.byteLength;
    }
    return this.#memory.toString('latin1', 0, size);
  }
}

/**
 * Judges headers of one network, as `verifyHeader` does. A certificate is verified once, however many headers carry it: its
 * verdict is kept by all bytes that it depends on, the cold key included. The KES signature of each header is verified.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { HeaderVerifier, mainnet } from '@evolock/cardano-kes';
 *
 * const verifier = new HeaderVerifier(mainnet);
 * assert.equal(verifier.verify('820080')?.result, 'not-a-header');
 * ```
 */
export class HeaderVerifier {
  readonly #parameters: KesParameters;
  readonly #cryptography: HeaderCryptography;
  readonly #wanted: ((header: BlockHeader) => boolean) | undefined;

  /**
   * Makes a verifier. No certificate is known to it.
   *
   * @param parameters - The parameters of the network.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
   */
  constructor(parameters: KesParameters, options?: HeaderVerifierOptions) {
    const { certificates = CERTIFICATES, wanted } = checkOptions(options);
    const most = checkInteger('options.certificates', certificates, 1, MOST_CERTIFICATES);
    if (wanted !== undefined && typeof wanted !== 'function')
      throw wrongType('options.wanted', 'a function', wanted);
    this.#parameters = checkParameters(parameters);
    this.#wanted = wanted;
    this.#cryptography = cached(most);
  }

  /**
   * Judges a header.
   *
   * @param input - As `parseHeader` takes it. Bytes that are not a header get a verdict too.
   * @returns `undefined` for a header that is not wanted.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`, for no content of the bytes.
   */
  verify(input: Uint8Array | string, options?: HeaderVerdictOptions): HeaderVerdict | undefined {
    const judging = {
      parameters: this.#parameters,
      cryptography: this.#cryptography,
      epochNonce: checkEpochNonce(options),
    };
    return verdictOn(input, judging, this.#wanted);
  }
}

function cached(most: number): HeaderCryptography {
  const pools = new Cache<ReturnType<typeof poolIdOf>>(most);
  const signatures = new Cache<boolean>(most);
  return {
    ...headerCryptography,
    poolIdOf: (key) => pools.of([key], () => poolIdOf(key)),
    // Key and signature have fixed sizes.
    verifyEd25519: (key, message, signature) =>
      signatures.of([key, signature, message], () => verifyEd25519(key, message, signature)),
  };
}
