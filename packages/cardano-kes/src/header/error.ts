import { EvolockError } from '@evolock/direct-serialise';

const explanations = {
  'not-hex': 'the text contains a character that is no hexadecimal digit',
  'odd-hex': 'the text has an odd number of hexadecimal digits',
  empty: 'there is nothing in it',
  'too-large': 'it is larger than a header or a block can be',
  truncated: 'the CBOR ends too early',
  'not-cbor': 'this is no CBOR',
  'too-deep': 'the CBOR nests too deep',
  'trailing-bytes': 'bytes follow the CBOR',
  byron: 'it is a block of the Byron era, which has no KES',
  'unknown-era': 'it states an era that does not exist',
  'wrong-shape': 'it is neither a header nor a block, wrapped or not',
  'wrong-field': 'a field is not what it has to be',
  'wrong-era': 'the era that it states has headers or blocks of another shape',
} as const;

/** Why bytes are no header. */
export type HeaderProblem = keyof typeof explanations;

/** Where bytes are no header. */
export interface HeaderErrorDetails extends ErrorOptions {
  /** Bytes from the beginning of what was given. */
  readonly offset?: number | undefined;
  /** The field, and what it has to be. */
  readonly field?: string | undefined;
}

/**
 * What was given is no block header, nor a block that begins with one: a node cannot decode it.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { parseHeader } from '@evolock/cardano-kes';
 *
 * assert.throws(() => parseHeader('80'), {
 *   code: 'ERR_EVOLOCK_CARDANO_HEADER',
 *   problem: 'wrong-shape',
 * });
 * ```
 */
export class HeaderError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_HEADER';
  /** What is wrong. */
  readonly problem: HeaderProblem;
  /** Where, in bytes from the beginning, if that can be said. */
  readonly offset: number | undefined;
  /** The field that is wrong. */
  readonly field: string | undefined;

  constructor(problem: HeaderProblem, details: HeaderErrorDetails = {}) {
    const { offset, field } = details;
    const about = field === undefined ? '' : `: ${field}`;
    const at = offset === undefined ? '' : ` (at byte ${String(offset)})`;
    super(`${explanations[problem]}${about}${at}`, details);
    this.problem = problem;
    this.offset = offset;
    this.field = field;
  }
}
