/** The errors of this package. Each has a stable `code`. No message contains a secret. */
import { EvolockError } from '@evolock/direct-serialise/arguments';

const envelopeProblems = {
  'not-json': 'it is not a text envelope: one JSON object of three strings',
  'duplicate-member': 'it contains a member twice',
  'unknown-member': 'it contains a member other than type, description and cborHex',
  'missing-member': 'type, description or cborHex is missing',
  'too-long': 'its type or description is too long',
  'not-hex': 'its cborHex contains a character that is not a hexadecimal digit',
  'odd-hex': 'its cborHex has an odd number of digits',
  'wrong-type': 'it is of another type than expected',
  'wrong-bech32': 'its bech32 text is damaged: a character is wrong or missing',
  'extended-verification-key':
    'it is an extended (BIP32) verification key: make the plain one of it with cardano-cli key non-extended-key',
  'not-byte-string': 'its CBOR is not a plain byte string',
  'non-shortest-head': 'the head of its CBOR is longer than necessary',
  truncated: 'its CBOR ends too early',
  'trailing-bytes': 'bytes follow its CBOR',
  'wrong-length': 'its content has a length that its type does not allow',
  'wrong-cbor': 'its CBOR does not have the shape of its type',
} as const;

/** What is wrong with a text envelope. */
export type EnvelopeProblem = keyof typeof envelopeProblems;

interface EnvelopeErrorDetails extends ErrorOptions {
  readonly path?: string | undefined;
  /** What was found instead: public facts only. */
  readonly found?: string | undefined;
  readonly offset?: number | undefined;
}

/** A file is not a text envelope of the expected type. The error contains nothing of a key. */
export class EnvelopeError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_ENVELOPE';
  readonly problem: EnvelopeProblem;
  /** The file; `undefined` for text that came from elsewhere. */
  override readonly path: string | undefined;
  readonly found: string | undefined;
  /** Bytes from the beginning of the text; `undefined` when unknown. */
  readonly offset: number | undefined;

  constructor(problem: EnvelopeProblem, details: EnvelopeErrorDetails = {}) {
    const { path, found, offset } = details;
    const at = offset === undefined ? '' : ` (at byte ${String(offset)})`;
    const instead = found === undefined ? '' : `, found ${found}`;
    super(`${path ?? 'the text'}: ${envelopeProblems[problem]}${at}${instead}`, details);
    this.problem = problem;
    this.path = path;
    this.found = found;
    this.offset = offset;
  }
}

const headerProblems = {
  'not-hex': 'the text contains a character that is not a hexadecimal digit',
  'odd-hex': 'the text has an odd number of hexadecimal digits',
  empty: 'there is nothing in it',
  'too-large': 'the input is larger than a header or a block can be',
  truncated: 'the CBOR ends too early',
  'not-cbor': 'the input is not CBOR',
  'too-deep': 'the CBOR nests too deep',
  'trailing-bytes': 'bytes follow the CBOR',
  byron: 'the input is a block of the Byron era, which has no KES',
  'wrong-shape': 'it is no header and no block of a known form',
  'wrong-field': 'a field has a wrong kind or size',
  'wrong-era': 'the era that the block states has headers or blocks of another shape',
} as const;

/** Why bytes are not a header. */
export type HeaderProblem = keyof typeof headerProblems;

interface HeaderErrorDetails extends ErrorOptions {
  readonly offset?: number | undefined;
  /** The field, and what it has to be. */
  readonly field?: string | undefined;
}

/** The input is not a block header, and not a block that begins with one: a node cannot decode it. */
export class HeaderError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_HEADER';
  readonly problem: HeaderProblem;
  /** Bytes from the beginning of the input; `undefined` when unknown. */
  readonly offset: number | undefined;
  readonly field: string | undefined;

  constructor(problem: HeaderProblem, details: HeaderErrorDetails = {}) {
    const { offset, field } = details;
    const about = field === undefined ? '' : `: ${field}`;
    const at = offset === undefined ? '' : ` (at byte ${String(offset)})`;
    super(`${headerProblems[problem]}${about}${at}`, details);
    this.problem = problem;
    this.offset = offset;
    this.field = field;
  }
}

const dateReasons = {
  'no-anchor':
    'the network has no slot with a known date: give an anchor (a slot and its beginning). The Shelley genesis file of a network with a Byron era does not state one',
  byron: 'the slot lies in an era before the anchor, whose slots have another length',
  'before-start': 'the date lies before the first slot of the network',
  'out-of-range': 'the slot or the date lies too far in the future',
} as const;

/** Why a slot has no date, or a date no slot. */
export type NoDateReason = keyof typeof dateReasons;

/** A slot has no known date, or a date no slot. */
export class NoDateError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_NO_DATE';
  readonly reason: NoDateReason;

  constructor(reason: NoDateReason) {
    super(dateReasons[reason]);
    this.reason = reason;
  }
}

const parametersReasons = {
  'unknown-network':
    'unknown network: use mainnet, preprod, preview, or the Shelley genesis file of the network',
  'not-json': 'the genesis file is not a JSON object',
  missing: 'the genesis file has no FIELD: is it the Shelley genesis?',
  'wrong-value': 'FIELD of the genesis file is not EXPECTED',
} as const;

/** Why a network has no parameters. */
export type ParametersErrorReason = keyof typeof parametersReasons;

interface ParametersErrorDetails extends ErrorOptions {
  readonly field?: string | undefined;
  readonly expected?: string | undefined;
}

/** The name of a network is unknown, or a genesis file does not state the parameters. */
export class ParametersError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_PARAMETERS';
  readonly reason: ParametersErrorReason;
  /** The member of the genesis file. */
  readonly field: string | undefined;

  constructor(reason: ParametersErrorReason, details: ParametersErrorDetails = {}) {
    const { field, expected = '' } = details;
    const message = parametersReasons[reason];
    super(message.replace('FIELD', field ?? '').replace('EXPECTED', expected), details);
    this.reason = reason;
    this.field = field;
  }
}
