/** A checkpoint: a seal as a note of C2SP signed-note, whose text is a checkpoint of C2SP tlog-checkpoint. */
import { decodeBase64, encodeBase64 } from './base64.js';
import { INTEGER_SIZE, readDecimal, readInteger, writeInteger } from './integers.js';
import { KEY_ID_SIZE, keyId, MATERIAL_SIZE, type LogKey, type NamedKey } from './key.js';
import { areFlags, noteText, ROOT_SIZE, SUCCESSOR, type Seal } from './seal.js';

const NUMBER_OFFSET = KEY_ID_SIZE;
const TIME_OFFSET = NUMBER_OFFSET + INTEGER_SIZE;
const FLAGS_OFFSET = TIME_OFFSET + INTEGER_SIZE;
const REST_OFFSET = FLAGS_OFFSET + 1;

/** The most signature lines of a note. Go's `note.Open` has the same limit. */
const MAX_SIGNATURES = 100;

/** The note of a seal of a key. */
export function writeNote(key: LogKey, seal: Seal): string {
  const { number, time, flags, successor = new Uint8Array(0), signature } = seal;
  const payload = new Uint8Array(REST_OFFSET + successor.length + signature.length);
  payload.set(keyId(key));
  writeInteger(payload, NUMBER_OFFSET, number);
  writeInteger(payload, TIME_OFFSET, time);
  payload[FLAGS_OFFSET] = flags;
  payload.set(successor, REST_OFFSET);
  payload.set(signature, REST_OFFSET + successor.length);
  return `${noteText(key.origin, seal)}\n— ${key.origin} ${encodeBase64(payload)}\n`;
}

/** A signature line of a note, of a key whose type has nothing but a signature. */
export function writeSignatureLine(key: NamedKey, signature: Uint8Array): string {
  const payload = new Uint8Array(KEY_ID_SIZE + signature.length);
  payload.set(keyId(key));
  payload.set(signature, KEY_ID_SIZE);
  return `— ${key.origin} ${encodeBase64(payload)}\n`;
}

/** A note that is of the form, and not yet verified. */
export interface Note {
  readonly origin: string;
  /** What each signature line with the name of the origin says, when it has the form of ours. */
  readonly signatures: readonly NoteSignature[];
}

/** A signature line. */
export interface NoteSignature {
  /** The ID of the key: 4 bytes. */
  readonly id: Uint8Array;
  /** The seal that it is when the key signed it. */
  readonly seal: Seal;
}

/** The note of a text. Returns `undefined` when the text is no note, or one of other than three lines. */
export function readNote(text: string): Note | undefined {
  const split = text.lastIndexOf('\n\n');
  const lines = text.slice(split + 2).split('\n', MAX_SIGNATURES + 2);
  if (split < 0 || lines.pop() !== '' || lines.length > MAX_SIGNATURES) return undefined;
  const [origin = '', sizeText = '', rootText = '', ...others] = text
    .slice(0, split)
    .split('\n', 4);
  const size = readDecimal(sizeText);
  const root = decodeBase64(rootText);
  if (size === undefined || root?.length !== ROOT_SIZE || others.length > 0) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, name, base64 = ''] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = decodeBase64(base64);
    if (bytes === undefined || bytes.length <= KEY_ID_SIZE) return undefined;
    const seal = name === origin ? sealOf(size, root, bytes) : undefined;
    if (seal !== undefined) signatures.push({ id: bytes.subarray(0, KEY_ID_SIZE), seal });
  }
  return { origin, signatures };
}

function sealOf(size: number, root: Uint8Array, bytes: Uint8Array): Seal | undefined {
  if (bytes.length <= REST_OFFSET) return undefined;
  const number = readInteger(bytes, NUMBER_OFFSET);
  const time = readInteger(bytes, TIME_OFFSET);
  const flags = bytes[FLAGS_OFFSET] ?? 0;
  if (number === undefined || time === undefined || !areFlags(flags)) return undefined;
  const hasSuccessor = (flags & SUCCESSOR) !== 0;
  const end = REST_OFFSET + (hasSuccessor ? MATERIAL_SIZE : 0);
  const successor = hasSuccessor ? bytes.subarray(REST_OFFSET, end) : undefined;
  return { number, time, flags, size, root, successor, signature: bytes.subarray(end) };
}
