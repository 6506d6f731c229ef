/** A checkpoint: a seal as a note of C2SP signed-note, whose text is a checkpoint of C2SP tlog-checkpoint. */
import { decodeBase64, encodeBase64 } from './base64.js';
import { INTEGER_SIZE, readDecimal, readInteger, writeInteger } from './integers.js';
import { KEY_ID_SIZE, keyId, MATERIAL_SIZE, type LogKey, type NamedKey } from './key.js';
import { areFlags, noteText, ROOT_SIZE, SUCCESSOR, type Seal } from './seal.js';

/** Places behind the ID of the key. */
const NUMBER_OFFSET = 0;
const TIME_OFFSET = NUMBER_OFFSET + INTEGER_SIZE;
const FLAGS_OFFSET = TIME_OFFSET + INTEGER_SIZE;
const REST_OFFSET = FLAGS_OFFSET + 1;

/** The most signature lines of a note. Go's `note.Open` has the same limit. */
const MAX_SIGNATURES = 100;

/** The most bytes of a note. */
const MAX_NOTE_SIZE = 65_536;

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** The note of a seal of a key. */
export function writeNote(key: LogKey, seal: Seal): string {
  const { number, time, flags, successor = new Uint8Array(0), signature } = seal;
  const payload = new Uint8Array(REST_OFFSET + successor.length + signature.length);
  writeInteger(payload, NUMBER_OFFSET, number);
  writeInteger(payload, TIME_OFFSET, time);
  payload[FLAGS_OFFSET] = flags;
  payload.set(successor, REST_OFFSET);
  payload.set(signature, REST_OFFSET + successor.length);
  return `${noteText(key.origin, seal)}\n${writeSignatureLine(key, payload)}`;
}

/** A signature line of a note: what follows the ID of a key is a signature, in the form of its type. */
export function writeSignatureLine(key: NamedKey, signature: Uint8Array): string {
  const bytes = new Uint8Array(KEY_ID_SIZE + signature.length);
  bytes.set(keyId(key));
  bytes.set(signature, KEY_ID_SIZE);
  return `— ${key.origin} ${encodeBase64(bytes)}\n`;
}

/** A note that is of the form, and not yet verified. */
export interface Note {
  readonly text: string;
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** The signature lines with the name of the origin. */
  readonly lines: readonly NoteLine[];
  /** All signature lines. */
  readonly signatures: readonly SignatureLine[];
}

/** A signature line. */
export interface NoteLine {
  /** The ID of the key: 4 bytes. */
  readonly id: Uint8Array;
  /** What follows it. */
  readonly payload: Uint8Array;
}

/** A signature line, and the name of its key. */
export interface SignatureLine extends NoteLine {
  readonly name: string;
}

/** The text of a note, which is signed. */
export function textOfNote({ text }: Pick<Note, 'text'>): string {
  return text.slice(0, text.lastIndexOf('\n\n') + 1);
}

/** The note of a text. Returns `undefined` when the text is no note, or one of other than three lines. */
export function readNote(given: string | Uint8Array): Note | undefined {
  const text = textOf(given);
  const split = text?.lastIndexOf('\n\n') ?? -1;
  if (text === undefined || split < 0) return undefined;
  const signed = text.slice(split + 2).split('\n', MAX_SIGNATURES + 2);
  if (signed.pop() !== '' || signed.length === 0 || signed.length > MAX_SIGNATURES)
    return undefined;
  const [origin = '', sizeText = '', rootText = '', ...others] = text
    .slice(0, split)
    .split('\n', 4);
  const size = readDecimal(sizeText);
  const root = decodeBase64(rootText);
  if (size === undefined || root?.length !== ROOT_SIZE || others.length > 0) return undefined;
  const signatures: SignatureLine[] = [];
  for (const line of signed) {
    const [, name = '', base64 = ''] = /^— ([^+\p{White_Space}]+) (\S+)$/u.exec(line) ?? [];
    const bytes = decodeBase64(base64);
    if (bytes === undefined || bytes.length <= KEY_ID_SIZE) return undefined;
    const id = bytes.subarray(0, KEY_ID_SIZE);
    signatures.push({ name, id, payload: bytes.subarray(KEY_ID_SIZE) });
  }
  const lines = signatures.filter(({ name }) => name === origin);
  return { text, origin, size, root, lines, signatures };
}

/** The text of a note in UTF-8, of at most 65,536 bytes, without control characters but newlines. */
function textOf(given: string | Uint8Array): string | undefined {
  if (given.length > MAX_NOTE_SIZE) return undefined;
  const bytes = typeof given === 'string' ? new TextEncoder().encode(given) : given;
  if (bytes.length > MAX_NOTE_SIZE || bytes.some((byte) => byte < SPACE && byte !== NEWLINE))
    return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    // Half of a character is in no UTF-8: an encoder replaces it.
    return typeof given === 'string' && given !== text ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The seal that a line says when its key signed it. Returns `undefined` when it has no form of a seal. */
export function sealOfLine({ size, root }: Note, { payload }: NoteLine): Seal | undefined {
  if (payload.length <= REST_OFFSET) return undefined;
  const number = readInteger(payload, NUMBER_OFFSET);
  const time = readInteger(payload, TIME_OFFSET);
  const flags = payload[FLAGS_OFFSET] ?? 0;
  if (number === undefined || time === undefined || !areFlags(flags)) return undefined;
  const hasSuccessor = (flags & SUCCESSOR) !== 0;
  const end = REST_OFFSET + (hasSuccessor ? MATERIAL_SIZE : 0);
  const successor = hasSuccessor ? payload.subarray(REST_OFFSET, end) : undefined;
  return { number, time, flags, size, root, successor, signature: payload.subarray(end) };
}
