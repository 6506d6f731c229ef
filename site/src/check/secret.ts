/**
 * Signing keys that are given by mistake. They are recognised before anything else is done with the input: they reach no
 * worker and no message.
 */
import { bytesOfDigits, looksLikeText } from './digits.js';
import { isPublicFile, parsedJson, typeOf, wrappedIn } from './json.js';

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

/** Bytes of verification keys. */
const verificationKeySizes = new Set([32, 64]);

/** Numbers of words of a recovery phrase (BIP 39). */
const phraseLengths = new Set([12, 15, 18, 21, 24]);

const named = /(?:signing|secret|private)[\s_+-]*key|[a-z0-9]_x?sk1|xprv1/i;

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
  return named.test(content) || isPhrase(content) ? 'key' : ofDigits(content);
}

/** Text that is not JSON is judged by its words: it may be an envelope with a character too few. */
function ofJson(text: string): Suspicion | undefined {
  const value = parsedJson(text);
  if (value === undefined) return named.test(text) ? 'key' : undefined;
  if (isPublicFile(value)) return isSecretIn(typeOf(value), wrappedIn(value)) ? 'key' : undefined;
  // Of what was parsed: the text may have escapes.
  return named.test(JSON.stringify(value)) ? 'key' : worst(wrappedIn(value).map(ofText));
}

/** Whether a file that is named public contains a key: envelopes contain keys as byte strings. */
function isSecretIn(type: string, texts: readonly string[]): boolean {
  return texts.some((text) => {
    const size = sizeOfByteString(bytesOfDigits(text) ?? new Uint8Array()) ?? 0;
    const isPublic = type.includes('VerificationKey') && verificationKeySizes.has(size);
    return !isPublic && (keySizes.has(size) || size === UNCLEAR);
  });
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
  return sizes.includes(UNCLEAR) ? 'unclear' : undefined;
}

/** The size of a CBOR byte string with a head of two or three bytes (RFC 8949, section 3.1). */
function sizeOfByteString(bytes: Uint8Array): number | undefined {
  const [head, first = 0, second = 0] = bytes;
  if (head === 0x58 && bytes.byteLength === 2 + first) return first;
  const long = 256 * first + second;
  return head === 0x59 && bytes.byteLength === 3 + long ? long : undefined;
}
