/** What a visitor gave: recognised by its form, before anything is checked. */
import { bytesOfBase64, bytesOfDigits, looksLikeText } from './digits.js';
import { isPublicFile, parsedJson, wrappedIn } from './json.js';
import type { EntryProof, SealedLog } from './log-report.js';
import { signatureIn, suspicionInside, suspicionOf, type Suspicion } from './secret.js';
import type { Settings } from './settings.js';

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
  'This is larger than 256 MiB. Check it with the command kes header verify.';

const NEEDS_HEADER =
  'This page needs the header itself, for example in a chunk of a node: drop a file like 01234.chunk from the folder immutable of its database.';

const INDEX =
  'A file .primary or .secondary is an index of a chunk, and contains no header. Drop the .chunk alone.';

/** What is said of a signing key. */
export const SECRET =
  'This may be a signing key. It was not checked, sent or stored, and the field was cleared. Copies can be left in the memory of the browser and in the clipboard. No page needs a signing key: if this one is in use, replace it.';

/** What is said of JSON with a member that has the size of a signature. */
export function ofMember(name: string): string {
  return `The member ${name} holds 64 bytes, which is a size of signing keys and of signatures. Nothing of this was checked, sent or stored, and the field was cleared. To check a header, paste its hexadecimal digits alone. If the member was a signing key: copies can be left in the memory of the browser and in the clipboard, so replace the key.`;
}

/** What is said of 32 bytes. */
export const UNCLEAR = `This is 32 bytes long, like a hash, a nonce or a verification key. ${NEEDS_HEADER} If it was a signing key: it was not sent or stored, and the field was cleared, but copies can be left in the memory of the browser and in the clipboard, so replace the key.`;

/** What is said besides of the entry of a proof. */
export const OF_ENTRY =
  ' If the entry only looks like a key: the command sealed-log check-proof checks it.';

/** The form of a verifier key. */
const VERIFIER_KEY = /^[!-*,-~]{1,255}\+[0-9a-f]{8}\+[0-9a-z+/]{76}$/i;

/** Whether a text is the line by which a sealed log is verified. */
export function isVerifierKey(text: string): boolean {
  return VERIFIER_KEY.test(text.trim());
}

/** How a line of seals begins: number, time, flags, size, root. */
const SEAL = /^\d+ \d+ [0-7] \d+ [0-9a-z+/]{43}= /i;

/** How a checkpoint begins: name, size, root, and after an empty line the signatures. */
const CHECKPOINT = /^[!-*,-~]{1,255}\n\d+\n[0-9a-z+/]{43}=\n(?:.+\n)*\n— /i;

const ALONE = 'A sealed log is dropped together with its seals.';

const PROOF = 'c2sp.org/tlog-proof@v1';

const PART =
  'This is a part of a sealed log. Drop the log, its seals and, if there are any, its hashes and a checkpoint: together, or one after the other.';

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
  if (files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0) > LARGEST)
    return unreadable(TOO_LARGE);
  const roles = rolesOf(files);
  const { seals, hashes, chain, checkpoint, proof, entries } = roles;
  if (seals.length + hashes.length + chain.length + checkpoint.length > 0) return givenLog(roles);
  const [one, ...others] = files;
  if (one === undefined) return { kind: 'nothing' };
  if (proof.length === 1 && entries.length === 1 && others.length === 1)
    return givenProof(proof[0] ?? one, entries[0] ?? one);
  const all: Given[] = [];
  for (const { bytes } of inOrder(files)) all.push(await given(bytes));
  const found = all.length === 1 && all[0] !== undefined ? all[0] : together(all);
  const isIndex = files.some(({ name }) => /\.(?:primary|secondary)$/.test(name));
  return isIndex && found.kind !== 'secret' && found.kind !== 'unclear' ? unreadable(INDEX) : found;
}

/** Files of one kind. */
function together(all: readonly Given[]): Given {
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
  return unreadable(
    'These files are of several kinds. Together go headers and chunks; a certificate, its keys and its counter; a log, its seals, hashes and checkpoints; a proof and its entry.',
  );
}

/** What a file can be of a sealed log. */
type Role = 'seals' | 'hashes' | 'chain' | 'checkpoint' | 'proof' | 'verifierKey' | 'entries';

function rolesOf(files: readonly GivenFile[]): Record<Role, GivenFile[]> {
  const roles: Record<Role, GivenFile[]> = {
    seals: [],
    hashes: [],
    chain: [],
    checkpoint: [],
    proof: [],
    verifierKey: [],
    entries: [],
  };
  for (const file of files) roles[roleOf(file)].push(file);
  return roles;
}

/** By its name, where the form can be that of another file, or by how it begins. */
function roleOf({ name, bytes }: GivenFile): Role {
  const [ending] = /(?<=\.)(?:seals|hashes|chain)$/.exec(name) ?? [];
  if (ending !== undefined) return ending as Role;
  const start = decoded(bytes.subarray(0, 1_000));
  if (SEAL.test(start)) return 'seals';
  if (CHECKPOINT.test(start)) return 'checkpoint';
  if (start.startsWith(PROOF)) return 'proof';
  return isVerifierKey(start) ? 'verifierKey' : 'entries';
}

function givenLog(roles: Record<Role, GivenFile[]>): Given {
  const suspicions = Object.entries(roles).flatMap(([role, files]) =>
    files.map(({ bytes }) => suspicionOfPart(role as Role, bytes)),
  );
  if (suspicions.includes('key')) return { kind: 'secret' };
  if (suspicions.includes('unclear')) return { kind: 'unclear' };
  const { seals, hashes, chain, checkpoint, verifierKey, proof, entries } = roles;
  if (seals.length > 1 || hashes.length > 1 || proof.length > 0)
    return unreadable('These are parts of several logs. Check one log after the other.');
  const [sealed] = seals;
  if (sealed === undefined || entries.length === 0) return { kind: 'part', sentence: PART };
  return {
    kind: 'log',
    files: inOrder(entries).map(({ bytes }) => bytes),
    seals: sealed.bytes,
    hashes: hashes[0]?.bytes,
    keyBeside: verifierKey[0]?.name,
    checkpoints: checkpoint.map(({ name, bytes }) => {
      const own = chain.find((each) => each.name === `${name}.chain`) ?? chain[0];
      return { note: noteOf(decoded(bytes)), chain: own && decoded(own.bytes) };
    }),
  };
}

/** A file of the form of its role is public. A log is text of many lines; other files pass the test for signing keys. */
function suspicionOfPart(role: Role, bytes: Uint8Array): Suspicion | undefined {
  if (role === 'checkpoint' || role === 'verifierKey' || role === 'proof') return undefined;
  if (role === 'entries') return isLines(bytes) ? undefined : suspicionOf(bytes);
  // Hashes have 32 bytes each: as many as a key is no sign of one.
  if (role === 'hashes') return suspicionOf(bytes.byteLength % 32 === 0 ? decoded(bytes) : bytes);
  return areSeals(bytes) ? undefined : suspicionOf(bytes);
}

/** Whether all lines begin like seals. */
export function areSeals(bytes: Uint8Array): boolean {
  return decoded(bytes)
    .split('\n')
    .every((line) => line === '' || SEAL.test(line));
}

/** Whether bytes are lines of text, and neither JSON nor PEM as a whole. */
function isLines(bytes: Uint8Array): boolean {
  const text = decoded(bytes.subarray(0, 65_536)).trim();
  return text.includes('\n') && !text.startsWith('-----BEGIN') && parsedJson(text) === undefined;
}

async function givenProof(proof: GivenFile, { bytes }: GivenFile): Promise<Given> {
  const { kind } = await given(bytes);
  if (kind === 'secret' || kind === 'unclear') return { kind };
  const entry = bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
  return { kind: 'proof', proof: noteOf(decoded(proof.bytes)), entry };
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Proofs and checkpoints end with a newline, which a copy may have lost. */
function noteOf(text: string): string {
  return `${text.trim()}\n`;
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
  if (suspicion === 'key') return { kind: 'secret', member: signatureIn(input) };
  if (suspicion === 'unclear') return { kind: 'unclear' };
  if (typeof input === 'string') return inText(input, layers - 1);
  if (input[0] === 0x1f && input[1] === 0x8b) return inGzip(input, layers - 1);
  return looksLikeText(input) ? inText(decoded(input), layers - 1) : { kind: 'cbor', bytes: input };
}

async function inText(text: string, layers: number): Promise<Given> {
  const content = text.replace(/^\uFEFF/, '').trim();
  if (content === '') return { kind: 'nothing' };
  if (/^[{[]/.test(content)) return inJson(content, layers);
  if (content.startsWith(PROOF)) return { kind: 'proof', proof: noteOf(content) };
  if (isVerifierKey(content)) return { kind: 'verifier-key', line: content };
  if (SEAL.test(content) || CHECKPOINT.test(content)) return { kind: 'part', sentence: PART };
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
    : unreadable(`${ALONE} This is neither hexadecimal digits nor base64 nor JSON.`);
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
