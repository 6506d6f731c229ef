/**
 * Signing keys that are given by mistake. They are recognised before anything else is done with the input: they reach no
 * worker and no message.
 */
import { bytesOfBase64, bytesOfDigits, digitsOf, looksLikeText } from './digits.js';
import {
  cborHexOf,
  isPublicFile,
  membersIn,
  parsedJson,
  stringsIn,
  typeOf,
  wrappedIn,
  wrappers,
  type Member,
} from './json.js';

/** The longest text that can be a key and is no JSON. The file of the largest key has some 1,500 bytes. */
const LONGEST = 16_384;

/**
 * Bytes of signing keys: VRF keys and expanded keys (64), extended keys (96, 128), and KES keys of depth 0 to 7 (32 + 96 a
 * level), also with the four bytes of the period that the Rust crate appends. Not those of seeds and cold keys (32).
 */
const keySizes = new Set([
  64,
  96,
  ...Array.from({ length: 7 }, (_, depth) => 128 + 96 * depth),
  ...Array.from({ length: 8 }, (_, depth) => 36 + 96 * depth),
]);

/** Bytes of a seed and of a cold key, and also of a hash, a nonce and a verification key. */
const UNCLEAR = 32;

/** Numbers of words of a recovery phrase (BIP 39). */
const phraseLengths = new Set([12, 15, 18, 21, 24]);

const named = /(?:signing|secret|private)[\s_+-]*key|[a-z0-9]_x?sk1|xprv1|openssh-key-v1/i;

/** How a private key in DER begins: a sequence with the version 0 or 1 (RFC 5208, RFC 5915, RFC 8017). */
const PRIVATE_DER = /^30(?:[0-7].|81..|82.{4})02010[01]/;

/** `key`: named a signing key, or of the size of one. `unclear`: 32 bytes, which may be a hash and may be a seed. */
export type Suspicion = 'key' | 'unclear';

/** Whether an input may be a signing key. */
export function suspicionOf(input: string | Uint8Array): Suspicion | undefined {
  if (typeof input === 'string') return ofText(input);
  const text = looksLikeText(input) ? new TextDecoder().decode(input) : undefined;
  // The size of words says nothing: 64 digits are 32 bytes, and no key of 64.
  return (isWords(text) ? undefined : ofBytes(input)) ?? (text === undefined ? text : ofText(text));
}

/** Whether a text has no other characters than those that people write. Not one key in 10^12 is such a text. */
function isWords(text: string | undefined): boolean {
  return text !== undefined && !/[^\P{C}\t\n\r]|\uFFFD/u.test(text);
}

function ofText(text: string): Suspicion | undefined {
  const content = text.trim();
  if (/^[{[]/.test(content)) return ofJson(content);
  if (content.length > LONGEST) return undefined;
  if (named.test(content) || isPhrase(content)) return 'key';
  // Of a line that was copied from an envelope, the digits.
  return ofDigits(content.replace(/^\W*(?:cborHex\W+)?|\W+$/g, ''));
}

/** Text that is not JSON is judged by its words: it may be an envelope with a character too few. */
function ofJson(text: string): Suspicion | undefined {
  const value = parsedJson(text);
  if (value === undefined) return named.test(text) ? 'key' : suspicionInside(text);
  const content = isContentOfType(typeOf(value), cborHexOf(value)) ? cborHexOf(value) : '';
  // The text may have escapes, and members that are there twice: of those, only the last was parsed.
  const found = [...stringsIn(value), ...wordsOf(text)]
    .filter((each) => !content.includes(each))
    .map((each) => ofText(each) ?? suspicionInside(each));
  if (isPublicFile(value)) return worst(found) && 'key';
  // Answers of services contain hashes.
  return found.includes('key') ? 'key' : worst(wrappedIn(value).map(ofText));
}

/** Bytes of an Ed25519 signature, and of a VRF key and an expanded key. */
const SIGNATURE = 64;

/** In the name of a member: what can hold a key. */
const ofKeys = /key|sk|seed|secret|prv|priv/i;

/**
 * The member of JSON that has the size of a signature, which is one of signing keys too, when nothing else in the JSON is
 * the sign of a key, by its name or by its size.
 */
export function signatureIn(input: string | Uint8Array): string | undefined {
  const text = typeof input === 'string' ? input : new TextDecoder().decode(input);
  const value = parsedJson(text);
  if (value === undefined || isPublicFile(value)) return undefined;
  const all = membersIn(value).filter(hasSignatureSize);
  const [name] = all.map(publicNameOf);
  if (all.some((each) => publicNameOf(each) === undefined)) return undefined;
  const others = [...stringsIn(value), ...wordsOf(text)].filter((word) =>
    all.every((each) => !each.text.includes(word)),
  );
  return others.some(countsAsKey) ? undefined : name;
}

function countsAsKey(text: string): boolean {
  return (ofText(text) ?? suspicionInside(text)) === 'key';
}

function hasSignatureSize({ text }: Member): boolean {
  const bytes = bytesOfDigits(text) ?? bytesOfBase64(text);
  return bytes?.byteLength === SIGNATURE && !named.test(text) && countsAsKey(text);
}

/** The name of a member that neither is named a key nor contains what is checked. A longer name may itself be a key. */
function publicNameOf({ path }: Member): string | undefined {
  if (path.some((name) => ofKeys.test(name))) return undefined;
  const name = path.findLast((each) => !/^\d+$/.test(each)) ?? '';
  return /^[a-z]\w{0,23}$/i.test(name) && !wrappers.has(name) ? name : undefined;
}

/** Whether the content of a public file has the size of its type. The size of a certificate is that of no key. */
function isContentOfType(type: string, cborHex: string): boolean {
  const bytes = bytesOfDigits(cborHex) ?? new Uint8Array();
  if (type.includes('VerificationKey'))
    return sizeOfByteString(bytes) === (type.endsWith('_bip32') ? 64 : 32);
  const isCounter = type.startsWith('NodeOperationalCertificateIssueCounter');
  return isCounter && bytes[0] === 0x82 && sizeOfByteString(bytes.subarray(-34)) === 32;
}

/** Whether a text of no known form contains a key among other words. Those of 32 bytes are no sign: logs contain hashes. */
export function suspicionInside(text: string): 'key' | undefined {
  if (text.length > LONGEST) return undefined;
  const words = wordsOf(text.replace(/(?<=[0-9a-f]{2}):(?=[0-9a-f]{2})/gi, ''));
  return words.some((word) => (ofDigits(word) ?? ofBase64(word)) === 'key') ? 'key' : undefined;
}

/** The words of a text that are as long as a key of 30 bytes and more. */
export function wordsOf(text: string): string[] {
  return [/[\w+/-]{40,}/g, /[0-9a-f]{40,}/gi].flatMap((form) => text.match(form) ?? []);
}

/** Paths and names are no base64, which has letters of both cases and digits. */
function ofBase64(word: string): Suspicion | undefined {
  const isMixed = [/[a-z]/, /[A-Z]/, /\d/].every((form) => form.test(word));
  return ofBytes((isMixed ? bytesOfBase64(word) : undefined) ?? new Uint8Array());
}

function worst(all: readonly (Suspicion | undefined)[]): Suspicion | undefined {
  return all.includes('key') ? 'key' : all.find((each) => each !== undefined);
}

function isPhrase(text: string): boolean {
  const words = text.split(/\s+/);
  return phraseLengths.has(words.length) && words.every((word) => /^[a-z]{3,8}$/.test(word));
}

/** Digits of a key, also of one that was copied with a digit too few or too many. */
function ofDigits(text: string): Suspicion | undefined {
  // A byte string of CBOR begins with the digit 5.
  const candidates = [text, `${text}0`, `5${text}`, text.slice(0, -1)];
  return worst(candidates.map((digits) => ofBytes(bytesOfDigits(digits) ?? new Uint8Array())));
}

/** Raw, or as one byte string of CBOR, as envelopes contain keys. */
function ofBytes(bytes: Uint8Array): Suspicion | undefined {
  const sizes = [bytes.byteLength, sizeOfByteString(bytes) ?? 0];
  if (sizes.some((size) => keySizes.has(size))) return 'key';
  if (PRIVATE_DER.test(digitsOf(bytes.subarray(0, 12)))) return 'key';
  return sizes.includes(UNCLEAR) ? 'unclear' : undefined;
}

/** The size of a CBOR byte string with a head of two or three bytes (RFC 8949, section 3.1). */
function sizeOfByteString(bytes: Uint8Array): number | undefined {
  const [head, first = 0, second = 0] = bytes;
  if (head === 0x58 && bytes.byteLength === 2 + first) return first;
  const long = 256 * first + second;
  return head === 0x59 && bytes.byteLength === 3 + long ? long : undefined;
}
