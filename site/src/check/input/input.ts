/** What a visitor gave: recognised by its form, before anything is checked. */
import { bytesOfBase64, bytesOfDigits, looksLikeText } from './digits.js';
import { isPublicFile, parsedJson, wrappedIn } from './json.js';
import {
  CHECKPOINT,
  decoded,
  INDEX,
  inOrder,
  isLines,
  isTwice,
  isVerifierKey,
  logFiles,
  noteOf,
  PACKED,
  PROOF,
  SEAL,
  suspicionOfPart,
  type EntryProof,
  type GivenFile,
  type LogFiles,
  type SealedLog,
} from './log-files.js';
import { counted } from '../reports/report.js';
import { signatureIn, suspicionInside, suspicionOf, wordsOf } from './secret.js';
import type { Settings } from '../settings.js';

/** What an input is, as far as its form shows it. */
export type Given =
  | { readonly kind: 'nothing' }
  /** A signing key, or JSON with a member that may be one. The caller clears the field and passes nothing on. */
  | { readonly kind: 'secret'; readonly member?: string | undefined }
  /** 32 bytes, which may be a signing key: treated like one. */
  | { readonly kind: 'unclear' }
  | { readonly kind: 'unreadable'; readonly sentence: string }
  /** The texts of certificates, counters and verification keys of `cardano-cli`. */
  | { readonly kind: 'envelopes'; readonly texts: readonly string[] }
  /** One header, block or certificate, or several of them back to back. */
  | { readonly kind: 'cbor'; readonly bytes: Uint8Array }
  | SealedLog
  | EntryProof
  /** A part of a sealed log, which is checked together with the others. */
  | { readonly kind: 'part'; readonly sentence: string }
  /** The line by which a sealed log is verified. */
  | { readonly kind: 'verifier-key'; readonly line: string };

/** Bytes of the largest accepted file. A chunk of mainnet has some 1,080 blocks of at most 90,112 bytes. */
export const LARGEST = 256 * 1024 * 1024;

/** What to do with a larger file. */
export const TOO_LARGE =
  'This is larger than 256 MiB. The commands have no limit: kes header verify for headers, sealed-log verify for a log.';

const NEEDS_HEADER =
  'This page needs the header itself, for example in a chunk of a node: drop a file like 01234.chunk from the folder immutable of its database. Without a node, the client of Mithril downloads this folder.';

const ONLY_INDEX =
  'A file .primary or .secondary is an index of a chunk, and contains no header. Drop the .chunk of the same number.';

/** What is said of a signing key. */
export const SECRET =
  'This may be a signing key. It was not checked, sent or stored, and the field was cleared. Copies can be left in the memory of the browser and in the clipboard. No page needs a signing key: if this one is in use, replace it.';

/** What is said of JSON with a member that has the size of a signature. */
export function ofMember(name: string): string {
  return `The member ${name} holds 64 bytes, which is a size of signing keys and of signatures. Nothing of this was checked, sent or stored, and the field was cleared. To check a header, paste its hexadecimal digits alone. If the member was a signing key: copies can be left in the memory of the browser and in the clipboard, so replace the key.`;
}

/** What is said of 32 bytes. */
export const UNCLEAR = `A hash is not enough. ${NEEDS_HEADER}\nThis is 32 bytes long, like a hash, a nonce or a verification key. If it was a signing key: it was not sent or stored, and the field was cleared, but copies can be left in the memory of the browser and in the clipboard, so replace the key.`;

/** What is said besides of the entry of a proof. */
export const OF_ENTRY =
  ' If the entry only looks like a key: the command sealed-log check-proof checks it.';

const ALONE = 'A sealed log is dropped together with its seals.';

const PART =
  'This is a part of a sealed log. Drop the log, its seals and, if there are any, its hashes and a checkpoint: together, or one after the other.';

/** Layers of JSON, digits, base64 and gzip around an input. */
const MOST_LAYERS = 10;

/** Recognises a text or the bytes of a file. Each layer that is unwrapped passes the test for signing keys. */
export function given(input: string | Uint8Array): Promise<Given> {
  return within(input, MOST_LAYERS);
}

/** Recognises files that were given together. */
export async function givenFiles(files: readonly GivenFile[]): Promise<Given> {
  if (files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) > LARGEST)
    return unreadable(TOO_LARGE);
  const { seals, hashes, chain, checkpoint, proof, entries } = logFiles(files);
  if (seals.length + hashes.length + chain.length + checkpoint.length > 0) {
    const parts = await unpackedFiles(files);
    return typeof parts === 'string' ? unreadable(parts) : givenLog(parts, logFiles(parts));
  }
  const [one, ...others] = files;
  if (one === undefined) return { kind: 'nothing' };
  if (proof.length === 1 && entries.length === 1 && others.length === 1)
    return givenProof(proof[0] ?? one, entries[0] ?? one);
  const empty = files.find(({ bytes }) => bytes.byteLength === 0);
  if (empty !== undefined) return unreadable(`${empty.name} is empty.`);
  const found: Given[] = [];
  for (const file of inOrder(files)) {
    const each = await given(file.bytes);
    if (!INDEX.test(file.name) || isSuspicious(each)) found.push(logWithoutSeals(file, each));
  }
  return found.length === 0 ? unreadable(ONLY_INDEX) : together(found);
}

/** Lines of text that are nothing else can be a log, which its seals follow. */
function logWithoutSeals({ name, bytes }: GivenFile, found: Given): Given {
  if (found.kind !== 'unreadable' || otherFile(bytes) !== undefined) return found;
  const hasText = !decoded(bytes.subarray(0, 1_000)).includes('\u0000');
  if (!hasText || !isLines(bytes)) return found;
  return part(
    `${name} has lines of text, as a log has. Drop its seals too, ${name}.seals, and, if there are any, its hashes and a checkpoint.`,
  );
}

function isSuspicious({ kind }: Given): boolean {
  return kind === 'secret' || kind === 'unclear';
}

/** Files of one kind. */
function together(all: readonly Given[]): Given {
  const [one] = all;
  if (one !== undefined && all.length === 1) return one;
  const secrets = all.filter((each) => each.kind === 'secret');
  const secret =
    secrets.find(({ member }) => member === undefined) ??
    secrets[0] ??
    all.find(({ kind }) => kind === 'unclear');
  if (secret !== undefined) return secret;
  const texts = all.flatMap((each) => (each.kind === 'envelopes' ? each.texts : []));
  if (texts.length === all.length) return { kind: 'envelopes', texts };
  const parts = all.flatMap((each) => (each.kind === 'cbor' ? [each.bytes] : []));
  if (parts.length === all.length) return { kind: 'cbor', bytes: joined(parts) };
  if (one !== undefined && all.every(({ kind }) => kind === 'part')) return one;
  return unreadable(
    'These files are of several kinds. Together go headers and chunks; a certificate, its keys and its counter; a log, its seals, hashes and checkpoints; a proof and its entry.',
  );
}

function givenLog(files: readonly GivenFile[], found: LogFiles): Given {
  const suspicions = files.map(suspicionOfPart);
  if (suspicions.includes('key')) return { kind: 'secret' };
  if (suspicions.includes('unclear')) return { kind: 'unclear' };
  const { log, seals, hashes, chain, checkpoint, verifierKey, proof, entries, unused } = found;
  if (seals.length > 1 || hashes.length > 1 || proof.length > 0)
    return unreadable('These are parts of several logs. Check one log after the other.');
  const [sealed] = seals;
  if (sealed === undefined || entries.length + unused.length === 0) return part(PART);
  if (log === undefined) return part(NO_NAME);
  const ofUnused = unused.length === 0 ? [] : [unusedOf(log, unused)];
  if (entries.length === 0) return part([`Drop the log, ${log}.`, ...ofUnused].join(' '));
  const packed = entries.find(({ name }) => PACKED.test(name));
  if (packed !== undefined)
    return part(
      `${packed.name} is compressed: remove it here, unpack it, and drop what was in it.`,
    );
  const notUsed = [...ofUnused, ...verifierKey.slice(0, 1).map(ofKeyBeside)];
  return {
    kind: 'log',
    files: entries.map(({ bytes }) => bytes),
    seals: sealed.bytes,
    hashes: hashes[0]?.bytes,
    notUsed: notUsed.length > 0 ? notUsed : undefined,
    checkpoints: checkpoint.map(({ name, bytes }) => {
      const own = chain.find((each) => each.name === `${name}.chain`) ?? chain[0];
      return { note: noteOf(decoded(bytes)), chain: own && decoded(own.bytes) };
    }),
  };
}

function part(sentence: string): Given {
  return { kind: 'part', sentence };
}

const NO_NAME =
  'These names do not tell which file is the log. Name its seals like it: audit.log.seals are those of audit.log.';

function ofKeyBeside({ name }: GivenFile): string {
  return `The verifier key in ${name} was not used: who can change the log can change that file too.`;
}

/** Names that are shown. */
const FEW = 5;

function unusedOf(log: string, unused: readonly GivenFile[]): string {
  const names = unused.slice(0, FEW).map(({ name }) => name);
  const rest = unused.length > FEW ? ` and ${counted(unused.length - FEW, 'more file')}` : '';
  return `Not used, because the log is ${log}: ${names.join(', ')}${rest}. Older parts of it have a number or a date in their names, like ${log}.1.`;
}

async function givenProof(proof: GivenFile, { bytes }: GivenFile): Promise<Given> {
  const { kind } = await given(bytes);
  if (kind === 'secret' || kind === 'unclear') return { kind };
  const entry = bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
  return { kind: 'proof', proof: noteOf(decoded(proof.bytes)), entry };
}

/** Whether a text contains what may be a key: as a whole, as a line or as a word. */
export async function mayContainKey(text: string): Promise<boolean> {
  for (const each of [text, ...text.split('\n'), ...wordsOf(text)])
    if (isSuspicious(await given(each))) return true;
  return false;
}

/** A field of the form that may contain a signing key; its content passes the test of a paste. */
export async function suspiciousField(
  settings: Settings,
): Promise<{ readonly name: keyof Settings; readonly kind: 'secret' | 'unclear' } | undefined> {
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value !== 'string') continue;
    const { kind } = await given(value);
    // A nonce has 32 bytes.
    if (kind === 'secret' || (kind === 'unclear' && name !== 'epochNonce'))
      return { name: name as keyof Settings, kind };
  }
  return undefined;
}

async function within(input: string | Uint8Array, layers: number): Promise<Given> {
  if (input.length > LARGEST) return unreadable(TOO_LARGE);
  if (layers === 0) return unreadable('This is wrapped too often.');
  const suspicion = suspicionOf(input);
  if (suspicion === 'key') return { kind: 'secret', member: signatureIn(input) };
  if (suspicion === 'unclear') return { kind: 'unclear' };
  if (typeof input === 'string') return inText(input, layers - 1);
  if (isGzip(input)) return inGzip(input, layers - 1);
  const other = otherFile(input);
  if (other !== undefined) return unreadable(other);
  if (looksLikeText(input)) return inText(decoded(input), layers - 1);
  return beginsLikeCbor(input) ? { kind: 'cbor', bytes: input } : unreadable(OTHER_BYTES);
}

const UNPACK = 'unpack it, and drop what was in it.';

/** Files that are no input of this page, by how they begin. */
const otherFiles: readonly (readonly [string, string])[] = [
  ['%PDF-', 'This is a PDF document, and no header, certificate or sealed log.'],
  ['PK\u0003\u0004', `This is a zip archive: ${UNPACK}`],
  ['BZh', `This is compressed by bzip2: ${UNPACK}`],
  ['\u00fd7zXZ', `This is compressed by xz: ${UNPACK}`],
  ['(\u00b5/\u00fd', `This is compressed by zstd: ${UNPACK}`],
];

const LONGEST_START = 5;

/** What is said of such a file. */
function otherFile(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, LONGEST_START));
  return otherFiles.find(([beginning]) => start.startsWith(beginning))?.[1];
}

const OTHER_BYTES = 'This begins neither like text nor like a header, a block or a certificate.';

/** Whether bytes begin with a short array or with a tag of CBOR. */
function beginsLikeCbor([head = 0]: Uint8Array): boolean {
  return head < 0x88 || head === 0x9f || head >> 5 === 6;
}

async function inText(text: string, layers: number): Promise<Given> {
  const content = text.replace(/^\uFEFF/, '').trim();
  if (content === '') return { kind: 'nothing' };
  if (/^[{[]/.test(content)) return inJson(content, layers);
  const [, quoted] = QUOTED.exec(content) ?? [];
  if (quoted !== undefined) return within(quoted, layers);
  if (content.startsWith(PROOF)) return { kind: 'proof', proof: noteOf(content) };
  if (isVerifierKey(content)) return { kind: 'verifier-key', line: content };
  if (SEAL.test(content) || CHECKPOINT.test(content)) return part(PART);
  const sentence = sayings.find(([form]) => form.test(content))?.[1];
  if (sentence !== undefined) return unreadable(sentence);
  const bytes = bytesOfDigits(content);
  if (bytes !== undefined) return (await inDigits(bytes, layers)) ?? { kind: 'cbor', bytes };
  if (/^(?:0x)?[0-9a-f\s]+$/i.test(content))
    return unreadable('This has an odd number of hexadecimal digits: one is missing or too many.');
  const inner = isLong(content) ? bytesOfBase64(content) : undefined;
  const found = inner && (await within(inner, layers));
  if (found !== undefined && found.kind !== 'nothing' && found.kind !== 'unreadable') return found;
  return suspicionInside(content)
    ? { kind: 'secret' }
    : unreadable(`This is neither hexadecimal digits nor base64 nor JSON. ${ALONE}`);
}

/** A text in quotes, as JSON has it: also with the name of its member, and with the comma after it. */
const QUOTED = /^(?:["']?\w+["']?\s*:\s*)?["']([^"']*)["']\s*,?$/;

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
  [
    /^(?:kes|pool)_vk1[0-9a-z]+$/i,
    'This is a verification key of a pool, which is public. Drop its file, kes.vkey or cold.vkey, together with the certificate: this page compares them.',
  ],
  [
    /^vrf_vk1[0-9a-z]+$/i,
    `This is a VRF verification key, which is public. Headers of its pool contain it. ${NEEDS_HEADER}`,
  ],
  [
    /^(?:[a-z0-9_]+_x?vk|ed25519[a-z0-9]*_pk)1[0-9a-z]+$/i,
    `This is a verification key, which is public, and of no pool. ${NEEDS_HEADER}`,
  ],
  [
    /^(?:addr|stake)(?:_test)?1[0-9a-z]+$/i,
    `This is an address, to which somebody pays. ${NEEDS_HEADER}`,
  ],
  [/^[a-z0-9_]+_vkh1[0-9a-z]+$/i, `This is the hash of a verification key. ${NEEDS_HEADER}`],
];

/** JSON and gzip may be written in digits; other text is not. */
async function inDigits(bytes: Uint8Array, layers: number): Promise<Given | undefined> {
  const isJson = looksLikeText(bytes) && /^[{[]/.test(decoded(bytes).trim());
  return isJson || bytes[0] === 0x1f ? within(bytes, layers) : undefined;
}

async function inJson(text: string, layers: number): Promise<Given> {
  const value = parsedJson(text);
  if (value === undefined)
    return unreadable(`This is JSON with an error, or it is cut off. ${ALONE}`);
  if (isPublicFile(value))
    return {
      kind: 'envelopes',
      texts: [JSON.stringify(value, ['type', 'description', 'cborHex'])],
    };
  const parts: Uint8Array[] = [];
  for (const wrapped of wrappedIn(value)) {
    const found = await within(wrapped, layers);
    if (found.kind !== 'cbor') return found;
    parts.push(found.bytes);
  }
  return parts.length === 0
    ? unreadable(
        `This is JSON without a member cborHex, header, headerHex or cbor. ${NEEDS_HEADER}`,
      )
    : { kind: 'cbor', bytes: joined(parts) };
}

async function inGzip(compressed: Uint8Array, layers: number): Promise<Given> {
  const bytes = await unpacked(compressed, LARGEST);
  if (typeof bytes === 'string') return unreadable(bytes);
  const found = await within(bytes, layers);
  if (isSuspicious(found)) bytes.fill(0);
  return found;
}

/** What gzip compressed, of at most so many bytes; else a sentence. */
async function unpacked(compressed: Uint8Array, most: number): Promise<Uint8Array | string> {
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
      if (size <= most) continue;
      await reader.cancel();
      return TOO_LARGE;
    }
  } catch {
    return 'This file is compressed by gzip, and damaged or cut off.';
  }
  const bytes = joined(parts);
  for (const each of parts) each.fill(0);
  return bytes;
}

/** The files of a log, of which those that gzip compressed are unpacked, unless they are given unpacked too; else a sentence. */
async function unpackedFiles(files: readonly GivenFile[]): Promise<readonly GivenFile[] | string> {
  const all: GivenFile[] = [];
  let left = LARGEST;
  for (const { name, bytes } of files) {
    const plain = name.replace(/\.gz$/, '');
    const isPacked = plain !== name && isGzip(bytes);
    if (isTwice(files, name)) continue;
    const content = isPacked ? await unpacked(bytes, left) : bytes;
    if (typeof content === 'string') return `${name}: ${content}`;
    left -= content.byteLength;
    all.push({ name: isPacked ? plain : name, bytes: content });
  }
  return all;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Whether a text in base64 has 32 bytes and more: shorter ones are words. */
function isLong(text: string): boolean {
  return text.replace(/[\r\n=]+/g, '').length >= 43;
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
