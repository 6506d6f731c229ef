/** The public side of a key of a log: its origin, its material, its ID, and the verifier key, one line of text. */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { sha256 } from '@noble/hashes/sha2.js';
import { decodeBase64, encodeBase64 } from './base64.js';
import { INTEGER_SIZE, readInteger, writeInteger } from './integers.js';

/** The name of the format. */
export const FORMAT = 'evolock-seal/v1';

/** The greatest depth of a key. */
export const MAX_DEPTH = 20;

/** Bytes of a verification key of CompactSum over Ed25519. */
export const VERIFICATION_KEY_SIZE = 32;

/** 0xff, which C2SP signed-note keeps for types without a number, and the name of the format. */
const PREFIX = Uint8Array.of(0xff, ...new TextEncoder().encode(FORMAT));

const FIRST_OFFSET = PREFIX.length + 1;
const VERIFICATION_KEY_OFFSET = FIRST_OFFSET + INTEGER_SIZE;

/** Bytes of the material of a key: 57. */
export const MATERIAL_SIZE = VERIFICATION_KEY_OFFSET + VERIFICATION_KEY_SIZE;

/** Bytes of the ID of a key. */
export const KEY_ID_SIZE = 4;

/** A key of a log, as verifiers know it. */
export interface LogKey {
  /** The name of the log. */
  readonly origin: string;
  /** The key has 2^depth periods, one for each of its seals. */
  readonly depth: number;
  /** The number of its first seal. */
  readonly first: number;
  /** The number of its last seal. */
  readonly last: number;
  /** 32 bytes. */
  readonly verificationKey: Uint8Array;
  /** Type, depth, first number and verification key: 57 bytes. */
  readonly material: Uint8Array;
}

/** Whether a text can be the name of a log: 1 to 255 bytes from 0x21 to 0x7E without `+`. */
export function isOrigin(text: string): boolean {
  return /^[!-*,-~]{1,255}$/.test(text);
}

/** The material of a key: 57 bytes. */
export function writeMaterial(
  depth: number,
  first: number,
  verificationKey: Uint8Array,
): Uint8Array {
  const material = new Uint8Array(MATERIAL_SIZE);
  material.set(PREFIX);
  material[PREFIX.length] = depth;
  writeInteger(material, FIRST_OFFSET, first);
  material.set(verificationKey, VERIFICATION_KEY_OFFSET);
  return material;
}

/** The key of an origin and a material. Returns `undefined` when the material is not of the form. */
export function readKey(origin: string, material: Uint8Array): LogKey | undefined {
  if (material.length !== MATERIAL_SIZE || !sameBytes(material.subarray(0, PREFIX.length), PREFIX))
    return undefined;
  const depth = material[PREFIX.length] ?? MAX_DEPTH + 1;
  const first = readInteger(material, FIRST_OFFSET);
  if (depth > MAX_DEPTH || first === undefined) return undefined;
  const last = first + 2 ** depth - 1;
  const verificationKey = material.subarray(VERIFICATION_KEY_OFFSET);
  return { origin, depth, first, last, verificationKey, material };
}

/** What a key of a signed note is named by: its name, and its type and its bytes. Keys of logs are such keys. */
export type NamedKey = Pick<LogKey, 'origin' | 'material'>;

/** The ID of a key: 4 bytes of a hash of its origin and its material. */
export function keyId({ origin, material }: NamedKey): Uint8Array {
  const head = new TextEncoder().encode(`${origin}\n`);
  const hash = sha256.create().update(head).update(material).digest();
  return hash.subarray(0, KEY_ID_SIZE);
}

/** The verifier key: the line of text by which anyone verifies the log. */
export function writeVerifierKey(key: NamedKey): string {
  const digits = Array.from(keyId(key), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${key.origin}+${digits}+${encodeBase64(key.material)}`;
}

/**
 * The key of any verifier key of C2SP signed-note, of whatever type. Returns `undefined` when the text is not exactly what
 * {@link writeVerifierKey} writes.
 */
export function readNamedKey(text: string): NamedKey | undefined {
  const [origin = '', , ...rest] = text.split('+');
  const material = decodeBase64(rest.join('+'));
  if (material === undefined || !/^[^+\p{White_Space}]+$/u.test(origin)) return undefined;
  const key = { origin, material };
  return writeVerifierKey(key) === text ? key : undefined;
}

/** The key of a verifier key. Returns `undefined` when the text is not exactly what {@link writeVerifierKey} writes. */
export function readVerifierKey(text: string): LogKey | undefined {
  const key = keyOrFault(text);
  return typeof key === 'string' ? undefined : key;
}

/** What is wrong with a text that {@link readVerifierKey} does not take, in words. */
export function faultOfVerifierKey(text: string): string | undefined {
  const key = keyOrFault(text);
  return typeof key === 'string' ? key : undefined;
}

/** Characters of the base64 of a material. */
const BASE64_SIZE = (MATERIAL_SIZE / 3) * 4;

/** Characters of the base64 of a key of notes: its type and 32 bytes. */
const NOTE_KEY_BASE64_SIZE = 44;

function keyOrFault(text: string): LogKey | string {
  if (/\s/.test(text)) return 'it has a space or a second line';
  const [origin = '', id, ...rest] = text.split('+');
  if (id === undefined || rest.length === 0)
    return 'it does not have the form NAME+ID+KEY, three parts with + between them';
  if (!isOrigin(origin)) return 'the name before the first + is not one of a log';
  if (!/^[0-9a-f]{8}$/.test(id))
    return 'its ID, after the first +, is not of 8 digits of 0 to 9 and a to f';
  const base64 = rest.join('+');
  if (base64.length === NOTE_KEY_BASE64_SIZE && base64.startsWith('A'))
    return 'it is a note key, with which others verify checkpoints: the verifier key is a longer line';
  if (base64.length !== BASE64_SIZE)
    return `its last part has ${base64.length} characters, and not ${BASE64_SIZE}`;
  const material = decodeBase64(base64);
  if (material === undefined) return 'its last part is not base64';
  const key = readKey(origin, material);
  if (key === undefined) return `its last part is not a key of ${FORMAT}`;
  if (writeVerifierKey(key) === text) return key;
  return 'its ID does not fit its name and its key: one of the three was changed';
}
