/** Verdicts on many headers of one network: a certificate is verified once. */
import { checkInteger, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import type { PoolId } from '../certificate/certificate.js';
import { checkParameters, type KesParameters } from '../period/parameters.js';
import type { BlockHeader } from './parse.js';
import {
  checkEpochNonce,
  headerOrVerdict,
  judge,
  type HeaderCryptography,
  type HeaderVerdict,
  type HeaderVerdictOptions,
} from './verdict.js';

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
  /** The bytes of a key: memory for each would cost more than the lookup. */
  readonly #memory = new Uint8Array(MOST_KEY_BYTES);

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
    return String.fromCharCode(...this.#memory.subarray(0, size));
  }
}

/**
 * Judges headers of one network, as `verifyHeader` does.
 *
 * @returns A function on a header as `parseHeader` takes it. It returns `undefined` for a header that is not wanted.
 */
export function judgeOfMany(
  cryptography: HeaderCryptography,
  networkParameters: KesParameters,
  options: HeaderVerifierOptions | undefined,
): (input: unknown, options?: HeaderVerdictOptions) => HeaderVerdict | undefined {
  const { certificates = CERTIFICATES, wanted } = checkOptions(options);
  const most = checkInteger('options.certificates', certificates, 1, MOST_CERTIFICATES);
  if (wanted !== undefined && typeof wanted !== 'function')
    throw wrongType('options.wanted', 'a function', wanted);
  const parameters = checkParameters(networkParameters);
  const kept = cached(cryptography, most);
  return (input, verdictOptions) => {
    const epochNonce = checkEpochNonce(verdictOptions);
    const judging = { parameters, cryptography: kept, epochNonce };
    const header = headerOrVerdict(input, judging);
    if ('result' in header) return header;
    return wanted?.(header) === false ? undefined : judge(header, judging);
  };
}

function cached(cryptography: HeaderCryptography, most: number): HeaderCryptography {
  const { poolIdOf, verifyEd25519 } = cryptography;
  const pools = new Cache<PoolId>(most);
  const signatures = new Cache<boolean>(most);
  return {
    ...cryptography,
    poolIdOf: (key) => pools.of([key], () => poolIdOf(key)),
    // Key and signature have fixed sizes.
    verifyEd25519: (key, message, signature) =>
      signatures.of([key, signature, message], () => verifyEd25519(key, message, signature)),
  };
}
