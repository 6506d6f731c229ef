/** Text envelopes of `cardano-cli`: JSON of a type, a description, and CBOR in hexadecimal digits. */
import { checkBytes, isBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { headOf } from '../cbor/encode.js';
import { CborError, headAt, major, type Head } from '../cbor/walk.js';
import { EnvelopeError } from '../errors.js';
import { hexDigit } from '../hex.js';
import { END, scanEnvelope, StringReader, type Span } from './scanner.js';
import { isExtendedType, kindOfType, typesOf, type EnvelopeKind } from './types.js';

/** Bytes of the largest accepted file: 16,384. The file of the largest key has some 1,500. */
export const MAX_ENVELOPE_SIZE = 16_384;

/** The public members of an envelope. */
export interface EnvelopeLabel {
  /** The type, by its name in `cardano-cli`. */
  readonly type: string;
  /** A note for people. */
  readonly description: string;
}

/** An envelope that is being read. Its CBOR lies in the memory of the text, for the duration of the call. */
export interface Envelope extends EnvelopeLabel {
  readonly kind: EnvelopeKind | undefined;
  readonly cbor: Uint8Array;
}

/** Bytes of the longest type: fewer than the digits of any key, so a key in this member is refused. */
const MAX_TYPE = 60;
/** Bytes of the longest description: fewer than the digits of a KES key. The digits of a cold key would fit. */
const MAX_DESCRIPTION = 1_024;

/** The envelope in a public text of at most 16,384 bytes, of a kind when one is expected. */
export function parsePublicEnvelope(text: string | Uint8Array, kind?: EnvelopeKind): Envelope {
  // Always a copy, since the digits are decoded in place.
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

/** Reads an envelope in the memory of its text, and overwrites the text. */
export function readEnvelope(text: Uint8Array): Envelope {
  const spans = scanEnvelope(text);
  const type = publicString(text, spans.type, MAX_TYPE);
  const description = publicString(text, spans.description, MAX_DESCRIPTION);
  return { type, description, kind: kindOfType(type), cbor: decodeHexInPlace(text, spans.cborHex) };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function publicString(text: Uint8Array, { start, end }: Span, longest: number): string {
  if (end - start > longest) throw new EnvelopeError('too-long', { offset: start });
  try {
    return JSON.parse(decoder.decode(text.subarray(start - 1, end + 1))) as string;
  } catch (cause) {
    throw new EnvelopeError('not-json', { offset: start, cause });
  }
}

/** Decodes digits **in place**, to the beginning of the text: no digit is overwritten before it is read. */
function decodeHexInPlace(text: Uint8Array, span: Span): Uint8Array {
  const reader = new StringReader(text, span);
  let size = 0;
  for (let high = nextDigit(reader); high !== END; high = nextDigit(reader)) {
    const low = nextDigit(reader);
    if (low === END) throw new EnvelopeError('odd-hex');
    text[size++] = (high << 4) | low;
  }
  return text.subarray(0, size);
}

function nextDigit(reader: StringReader): number {
  const { offset } = reader;
  const unit = reader.next();
  if (unit === END) return END;
  const digit = hexDigit(unit);
  if (digit < 0) throw new EnvelopeError('not-hex', { offset });
  return digit;
}

/** Checks the kind of an envelope. */
export function checkKind(envelope: Envelope, kind: EnvelopeKind): Envelope {
  if (envelope.kind === kind) return envelope;
  const { type } = envelope;
  if (kind === 'cold-verification-key' && isExtendedType(type, 'VerificationKey'))
    throw new EnvelopeError('extended-verification-key', { found: type });
  throw new EnvelopeError('wrong-type', {
    found: `${printable(envelope.type)} instead of ${typesOf(kind).join(' or ')}`,
  });
}

/** A type for a message. Shows names only: another text might be a part of a secret. */
function printable(type: string): string {
  return kindOfType(type) !== undefined || /^[A-Z][A-Za-z0-9]+(?:_[a-z0-9_^]+)?$/.test(type)
    ? type
    : 'an unknown type';
}

/**
 * A view of the content of the envelope of a key: one untagged byte string of definite length with the shortest head. It may
 * be a signing key, so no CBOR library gets it: such a library keeps copies in its buffers. Without `sizes` it may have any
 * size.
 */
export function contentOf(cbor: Uint8Array, sizes?: readonly number[]): Uint8Array {
  const { argument: length, end, indefinite } = byteStringHead(cbor);
  if (indefinite) throw new EnvelopeError('not-byte-string');
  if (headOfByteString(length).byteLength !== end) throw new EnvelopeError('non-shortest-head');
  const content = cbor.subarray(end);
  if (content.byteLength < length) throw new EnvelopeError('truncated');
  if (content.byteLength > length) throw new EnvelopeError('trailing-bytes');
  if (sizes?.includes(length) === false) throw wrongKeySize(length, sizes);
  return content;
}

/** The error for a key of another size, in bytes. */
export function wrongKeySize(size: number, sizes: readonly number[]): EnvelopeError {
  const found = `${String(size)} bytes instead of ${sizes.join(', ')}`;
  return new EnvelopeError('wrong-length', { found });
}

function byteStringHead(cbor: Uint8Array): Head {
  const first = cbor[0];
  if (first !== undefined && first >> 5 !== major.bytes) throw new EnvelopeError('not-byte-string');
  try {
    return headAt(cbor, 0);
  } catch (error) {
    const isCutOff = error instanceof CborError && error.problem === 'truncated';
    throw new EnvelopeError(isCutOff ? 'truncated' : 'not-byte-string');
  }
}

/** The shortest head of a byte string. */
export function headOfByteString(length: number): Uint8Array {
  return headOf(major.bytes, BigInt(length));
}
