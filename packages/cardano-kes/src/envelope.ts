/**
 * Text envelopes of `cardano-cli`: JSON of a type, a description, and CBOR in hexadecimal digits.
 */
import { checkBytes, isBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { checkPath, type FileIdentity } from '@evolock/direct-serialise-io/files';
import { EnvelopeError, naming } from './envelope-error.js';
import { scanEnvelope } from './envelope-scanner.js';
import { kindOfType, typesOf, type EnvelopeKind } from './envelope-types.js';
import { MAX_ENVELOPE_SIZE, withFileText, type TextOptions } from './file-text.js';
import { decodeHexInPlace } from './hex.js';
import type { Span } from './json-string.js';

/** What an envelope says of itself in public. */
export interface EnvelopeLabel {
  /** The type, by the name that `cardano-cli` uses. */
  readonly type: string;
  /** A note for people. */
  readonly description: string;
}

/** An envelope that is being read: its CBOR lies in the memory of the text, for the duration of the call. */
export interface Envelope extends EnvelopeLabel {
  readonly kind: EnvelopeKind | undefined;
  readonly cbor: Uint8Array;
}

/** Longest type, in bytes as it is written: shorter than any key in hexadecimal digits, which so never is a string. */
const MAX_TYPE = 60;
/** Longest description, likewise: shorter than any KES key. A cold key that somebody wrote there is no secret any more. */
const MAX_DESCRIPTION = 1_024;

/**
 * Lends the envelope of a file of one kind for the duration of a call. The whole file lies in locked memory, whatever
 * it holds: it may be a signing key that was named by mistake.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 *
 * @internal
 */
export function withEnvelopeFile<Result>(
  path: string | URL,
  kind: EnvelopeKind,
  options: TextOptions,
  use: (envelope: Envelope, identity: FileIdentity) => Result,
): Result {
  const file = checkPath(path);
  return withFileText(file, options, ({ text, identity }) =>
    naming(file, () => use(checkKind(readEnvelope(text), kind), identity)),
  );
}

/**
 * The envelope of a text that is public and in ordinary memory already: of one kind, or of any when absent.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @internal
 */
export function parsePublicEnvelope(text: string | Uint8Array, kind?: EnvelopeKind): Envelope {
  // A copy in any case: the digits are decoded in place.
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : copyOf(text);
  if (bytes.byteLength > MAX_ENVELOPE_SIZE)
    throw new EnvelopeError('not-json', { found: `${String(bytes.byteLength)} bytes of text` });
  const envelope = readEnvelope(bytes);
  return kind === undefined ? envelope : checkKind(envelope, kind);
}

function copyOf(text: unknown): Uint8Array {
  if (!isBytes(text)) throw wrongType('text', 'text or a Uint8Array', text);
  return new Uint8Array(checkBytes('text', text));
}

/**
 * Reads an envelope in the memory of its text, which is used up.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 *
 * @internal
 */
export function readEnvelope(text: Uint8Array): Envelope {
  const spans = scanEnvelope(text);
  const type = publicString(text, spans.type, MAX_TYPE);
  const description = publicString(text, spans.description, MAX_DESCRIPTION);
  return { type, description, kind: kindOfType(type), cbor: decodeHexInPlace(text, spans.cborHex) };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A string of an envelope that is no secret: the language's own parser makes it. */
function publicString(text: Uint8Array, { start, end }: Span, longest: number): string {
  if (end - start > longest) throw new EnvelopeError('too-long', { offset: start });
  try {
    return JSON.parse(decoder.decode(text.subarray(start - 1, end + 1))) as string;
  } catch (cause) {
    throw new EnvelopeError('not-json', { offset: start, cause });
  }
}

function checkKind(envelope: Envelope, kind: EnvelopeKind): Envelope {
  if (envelope.kind === kind) return envelope;
  throw new EnvelopeError('wrong-type', {
    found: `${printable(envelope.type)} instead of ${typesOf(kind).join(' or ')}`,
  });
}

/** A type as it may be shown: names are words; anything else might be a part of something secret. */
function printable(type: string): string {
  return kindOfType(type) !== undefined || /^[A-Z][A-Za-z0-9]+(?:_[a-z0-9_^]+)?$/.test(type)
    ? type
    : 'an unknown type';
}
