/** What a visitor gave: recognised by its form, before anything is checked. */
import { bytesOfDigits, looksLikeText } from './digits.js';
import { isPublicFile, parsedJson, wrappedIn } from './json.js';
import type { SealedLog } from './log-report.js';
import { suspicionOf } from './secret.js';

/** What an input is, as far as its form shows it. */
export type Given =
  | { readonly kind: 'nothing' }
  /** A signing key. The caller clears the field and passes nothing on. */
  | { readonly kind: 'secret' }
  /** 32 bytes, which may be a signing key: treated like one. */
  | { readonly kind: 'unclear' }
  | { readonly kind: 'unreadable'; readonly sentence: string }
  /** The texts of certificates, counters and verification keys of `cardano-cli`. */
  | { readonly kind: 'envelopes'; readonly texts: readonly string[] }
  /** One header, block or certificate, or several of them back to back. */
  | { readonly kind: 'cbor'; readonly bytes: Uint8Array }
  | SealedLog
  /** A proof of one entry of a sealed log. */
  | { readonly kind: 'proof'; readonly proof: string }
  /** The line by which a sealed log is verified. */
  | { readonly kind: 'verifier-key'; readonly line: string };

/** Bytes of the largest accepted file. A chunk of mainnet has some 1,080 blocks of at most 90,112 bytes. */
export const LARGEST = 256 * 1024 * 1024;

/** What to do with a larger file. */
export const TOO_LARGE =
  'This is larger than 256 MiB. Check it with the command kes header verify.';

const NEEDS_HEADER =
  'This page needs the header itself, for example in a chunk of a node: drop a file like 01234.chunk from the folder immutable of its database.';

/** What is said of a signing key. */
export const SECRET =
  'This may be a signing key. It was not checked, sent or stored, and the field was cleared. Copies can be left in the memory of the browser and in the clipboard. No page needs a signing key: if this one is in use, replace it.';

/** What is said of 32 bytes. */
export const UNCLEAR = `This is 32 bytes long, like a hash, a nonce or a verification key. ${NEEDS_HEADER} If it was a signing key: it was not sent or stored, and the field was cleared, but copies can be left in the memory of the browser and in the clipboard, so replace the key.`;

/** The form of a verifier key. */
const VERIFIER_KEY = /^[!-*,-~]{1,255}\+[0-9a-f]{8}\+[0-9a-z+/]{76}$/i;

/** How a line of seals begins: number, time, size, flags, root. */
const SEAL = /^\d+ \d+ \d+ [0-7] [0-9a-z+/]{43}= /i;

const ALONE =
  'This is the file of seals of a log: drop it together with the log, and with its file of hashes if there is one.';

/** Layers of JSON, digits, base64 and gzip around an input. */
const MOST_LAYERS = 10;

/** Recognises a text or the bytes of a file. Each layer that is unwrapped passes the test for signing keys. */
export function given(input: string | Uint8Array): Promise<Given> {
  return within(input, MOST_LAYERS);
}

/** A file that a visitor gave. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Recognises files that were given together. */
export async function givenFiles(files: readonly GivenFile[]): Promise<Given> {
  const [one, ...others] = files;
  if (one === undefined) return { kind: 'nothing' };
  if (others.length === 0) return given(one.bytes);
  if (files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) > LARGEST)
    return unreadable(TOO_LARGE);
  const seals = files.find(({ bytes }) => isSeals(bytes));
  if (seals !== undefined) return givenLog(files, seals);
  const all: Given[] = [];
  for (const { bytes } of inOrder(files)) all.push(await given(bytes));
  return together(all);
}

/** Files of one kind. */
function together(all: readonly Given[]): Given {
  const secret =
    all.find(({ kind }) => kind === 'secret') ?? all.find(({ kind }) => kind === 'unclear');
  if (secret !== undefined) return secret;
  const texts = all.flatMap((each) => (each.kind === 'envelopes' ? each.texts : []));
  if (texts.length === all.length) return { kind: 'envelopes', texts };
  const parts = all.flatMap((each) => (each.kind === 'cbor' ? [each.bytes] : []));
  if (parts.length === all.length) return { kind: 'cbor', bytes: joined(parts) };
  return unreadable(
    'These files are of several kinds. Together go headers and chunks; a certificate, its keys and its counter; a log, its seals and its hashes.',
  );
}

function isSeals(bytes: Uint8Array): boolean {
  return SEAL.test(new TextDecoder().decode(bytes.subarray(0, 200)));
}

/** A log is text of many lines. A file of another form passes the test for signing keys. */
function givenLog(files: readonly GivenFile[], seals: GivenFile): Given {
  const rest = inOrder(files.filter((file) => file !== seals));
  const hashes = rest.find(({ name }) => name.endsWith('.hashes'));
  const entries = rest.filter((file) => file !== hashes).map(({ bytes }) => bytes);
  const suspicions = entries.map((bytes) => (isLines(bytes) ? undefined : suspicionOf(bytes)));
  if (suspicions.includes('key')) return { kind: 'secret' };
  if (suspicions.includes('unclear')) return { kind: 'unclear' };
  return { kind: 'log', files: entries, seals: seals.bytes, hashes: hashes?.bytes };
}

/** Whether bytes are lines of text, and neither JSON nor PEM as a whole. */
function isLines(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes.subarray(0, 65_536)).trim();
  return text.includes('\n') && !text.startsWith('-----BEGIN') && parsedJson(text) === undefined;
}

/** Oldest first: `log.2`, `log.1`, `log`; `log-2026-01`, `log-2026-02`, `log`; `00000.chunk`, `00001.chunk`. */
function inOrder(files: readonly GivenFile[]): GivenFile[] {
  const numberOf = (name: string) => Number(/\.(\d{1,6})$/.exec(name)?.[1] ?? 0);
  const isBase = (name: string) => files.every((other) => other.name.startsWith(name));
  return [...files].sort(
    ({ name: one }, { name: other }) =>
      Number(isBase(one)) - Number(isBase(other)) ||
      numberOf(other) - numberOf(one) ||
      (one < other ? -1 : 1),
  );
}

async function within(input: string | Uint8Array, layers: number): Promise<Given> {
  if (input.length > LARGEST) return unreadable(TOO_LARGE);
  if (layers === 0) return unreadable('This is wrapped too often.');
  const suspicion = suspicionOf(input);
  if (suspicion !== undefined) return { kind: suspicion === 'key' ? 'secret' : 'unclear' };
  if (typeof input === 'string') return inText(input, layers - 1);
  if (input[0] === 0x1f && input[1] === 0x8b) return inGzip(input, layers - 1);
  return looksLikeText(input)
    ? inText(new TextDecoder().decode(input), layers - 1)
    : { kind: 'cbor', bytes: input };
}

async function inText(text: string, layers: number): Promise<Given> {
  const content = text.replace(/^\uFEFF/, '').trim();
  if (content === '') return { kind: 'nothing' };
  if (/^[{[]/.test(content)) return inJson(content, layers);
  if (content.startsWith('c2sp.org/tlog-proof@v1')) return { kind: 'proof', proof: `${content}\n` };
  if (VERIFIER_KEY.test(content)) return { kind: 'verifier-key', line: content };
  if (SEAL.test(content)) return unreadable(ALONE);
  const sentence = sayings.find(([form]) => form.test(content))?.[1];
  if (sentence !== undefined) return unreadable(sentence);
  const bytes = bytesOfDigits(content);
  if (bytes !== undefined) return (await inDigits(bytes, layers)) ?? { kind: 'cbor', bytes };
  if (/^(?:0x)?[0-9a-f\s]+$/i.test(content))
    return unreadable('This has an odd number of hexadecimal digits: one is missing or too many.');
  const decoded = bytesOfBase64(content);
  const found = decoded && (await within(decoded, layers));
  return found === undefined || found.kind === 'nothing' || found.kind === 'unreadable'
    ? unreadable('This is neither hexadecimal digits nor base64 nor JSON.')
    : found;
}

/** What is no input of this page, by its form. */
const sayings: readonly (readonly [RegExp, string])[] = [
  [
    /^https?:\/\/\S+$/i,
    `This is an address, and this page asks no other host for anything. ${NEEDS_HEADER}`,
  ],
  [/^\d[\d,_ ]{0,14}$/, `This is a number, as blocks and slots have one. ${NEEDS_HEADER}`],
  [
    /^(?:pool1[0-9a-z]+|[0-9a-f]{56})$/i,
    `This is the identity of a pool, which is a hash of its cold key. ${NEEDS_HEADER}`,
  ],
];

/** JSON and gzip may be written in digits; other text is not. */
async function inDigits(bytes: Uint8Array, layers: number): Promise<Given | undefined> {
  const isJson = looksLikeText(bytes) && /^[{[]/.test(new TextDecoder().decode(bytes).trim());
  return isJson || bytes[0] === 0x1f ? within(bytes, layers) : undefined;
}

async function inJson(text: string, layers: number): Promise<Given> {
  const value = parsedJson(text);
  if (value === undefined) return unreadable('This is JSON with an error, or it is cut off.');
  if (isPublicFile(value)) return { kind: 'envelopes', texts: [text] };
  const parts: Uint8Array[] = [];
  for (const wrapped of wrappedIn(value)) {
    const found = await within(wrapped, layers);
    if (found.kind !== 'cbor') return found;
    parts.push(found.bytes);
  }
  return parts.length === 0
    ? unreadable(`This is JSON without a member cborHex, header or cbor. ${NEEDS_HEADER}`)
    : { kind: 'cbor', bytes: joined(parts) };
}

async function inGzip(compressed: Uint8Array, layers: number): Promise<Given> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    const stream: ReadableStream<Uint8Array> = new Blob([compressed as Uint8Array<ArrayBuffer>])
      .stream()
      .pipeThrough(new DecompressionStream('gzip'));
    const reader = stream.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      size += part.value.byteLength;
      if (size <= LARGEST) continue;
      await reader.cancel();
      return unreadable(TOO_LARGE);
    }
  } catch {
    return unreadable('This file is compressed by gzip, and damaged or cut off.');
  }
  const bytes = joined(parts);
  const found = await within(bytes, layers);
  if (found.kind === 'secret' || found.kind === 'unclear')
    for (const each of [bytes, ...parts]) each.fill(0);
  return found;
}

/** The bytes of base64, of either alphabet; `undefined` for another text and for less than 32 bytes. */
function bytesOfBase64(text: string): Uint8Array | undefined {
  const characters = text
    .replace(/[\r\n]+/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  if (!/^[0-9a-z+/]{43,}={0,2}$/i.test(characters)) return undefined;
  try {
    return Uint8Array.from(atob(characters), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

function unreadable(sentence: string): Given {
  return { kind: 'unreadable', sentence };
}
