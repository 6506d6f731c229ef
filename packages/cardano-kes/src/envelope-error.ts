import { EvolockError } from '@evolock/kes-sum';

const explanations = {
  'not-json': 'it is no text envelope: one JSON object of three strings',
  'duplicate-member': 'a member stands in it twice',
  'unknown-member': 'it has another member than type, description and cborHex',
  'missing-member': 'type, description or cborHex is missing',
  'too-long': 'its type or description is too long',
  'not-hex': 'its cborHex holds something else than hexadecimal digits',
  'odd-hex': 'its cborHex has an odd number of digits',
  'wrong-type': 'it is of another type than is asked for',
  'not-byte-string': 'its CBOR is no plain byte string',
  'non-shortest-head': 'the head of its CBOR is longer than it needs to be',
  truncated: 'its CBOR ends too early',
  'trailing-bytes': 'bytes follow its CBOR',
  'wrong-length': 'its content has a length that nothing of that type has',
  'wrong-cbor': 'its CBOR has another shape than its type',
} as const;

/** What is wrong with a text envelope. */
export type EnvelopeProblem = keyof typeof explanations;

/** Where a text envelope is wrong. */
export interface EnvelopeErrorDetails extends ErrorOptions {
  /** The file. */
  readonly path?: string | undefined;
  /** What was found instead: public facts only. */
  readonly found?: string | undefined;
  /** Bytes from the beginning of the text. */
  readonly offset?: number | undefined;
}

/**
 * A file is no text envelope of the type that is asked for. Says what was found, and nothing of a key.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { parseCertificate } from '@evolock/cardano-kes';
 *
 * assert.throws(() => parseCertificate('{"type": "NodeOperationalCertificate"'), {
 *   code: 'ERR_EVOLOCK_CARDANO_ENVELOPE',
 *   problem: 'not-json',
 * });
 * ```
 */
export class EnvelopeError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_ENVELOPE';
  /** What is wrong. */
  readonly problem: EnvelopeProblem;
  /** The file; nothing for text that came from elsewhere. */
  readonly path: string | undefined;
  /** What was found instead. */
  readonly found: string | undefined;
  /** Where in the text, in bytes from its beginning, where that can be said. */
  readonly offset: number | undefined;

  constructor(problem: EnvelopeProblem, details: EnvelopeErrorDetails = {}) {
    const { path, found, offset } = details;
    const at = offset === undefined ? '' : ` (at byte ${String(offset)})`;
    const instead = found === undefined ? '' : `, found ${found}`;
    super(`${path ?? 'the text'}: ${explanations[problem]}${at}${instead}`, details);
    this.problem = problem;
    this.path = path;
    this.found = found;
    this.offset = offset;
  }
}

/**
 * Runs something on the text of a file, and names the file in what it throws.
 *
 * @internal
 */
export function naming<Result>(path: string, call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof EnvelopeError) || error.path !== undefined) throw error;
    const { problem, found, offset } = error;
    throw new EnvelopeError(problem, { path, found, offset, cause: error });
  }
}
