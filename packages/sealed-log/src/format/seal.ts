/** A seal: what is signed, its line in the file of seals, and the key that comes after it. */
import { checkDate, wrongValue } from '@evolock/direct-serialise/arguments';
import { decodeBase64, encodeBase64 } from './base64.js';
import { readDecimal } from './integers.js';
import { FORMAT, MATERIAL_SIZE, readKey, type LogKey } from './key.js';

/** Bits of the flags of a seal. */
export const SUCCESSOR = 1;
export const END = 2;
/** The first seal after a start, for people: a verifier does not require it. */
export const START = 4;

/** Bytes of a root. */
export const ROOT_SIZE = 32;

/** The most bytes of a line, without its newline. */
export const MAX_SEAL_LINE_SIZE = 1200;

/** The content of a seal, which is signed. */
export interface SealContent {
  /** Its number. The period of its key is this number less the first of the key. */
  readonly number: number;
  /** POSIX seconds. */
  readonly time: number;
  /** The sum of {@link SUCCESSOR}, {@link END} and {@link START}. */
  readonly flags: number;
  /** The number of entries that it covers. */
  readonly size: number;
  /** The root of the tree of these entries: 32 bytes. */
  readonly root: Uint8Array;
  /** The material of the next key, 57 bytes, in the last seal of a key that is not the end of the log. */
  readonly successor: Uint8Array | undefined;
}

/** A seal. */
export interface Seal extends SealContent {
  /** 96 + 32 · depth bytes in a valid seal. */
  readonly signature: Uint8Array;
}

/** The POSIX seconds of a `Date` from 1970 on, as times in seals and verdicts are. */
export function secondsOfDate(argument: string, value: unknown): number {
  const seconds = Math.floor(checkDate(argument, value) / 1000);
  if (seconds < 0) throw wrongValue(argument, 'a Date from 1970 on', `${String(seconds)} seconds`);
  return seconds;
}

/** The text of the note of a seal, which is a checkpoint of C2SP tlog-checkpoint. */
export function noteText(origin: string, { size, root }: SealContent): string {
  return `${origin}\n${String(size)}\n${encodeBase64(root)}\n`;
}

/** The message that the key of a seal signs. */
export function signedMessage(origin: string, content: SealContent): Uint8Array {
  const { number, time, flags, successor } = content;
  const next = successor === undefined ? '' : `successor ${encodeBase64(successor)}\n`;
  return new TextEncoder().encode(
    `${FORMAT}\nnumber ${String(number)}\ntime ${String(time)}\nflags ${String(flags)}\n${next}${noteText(origin, content)}`,
  );
}

/** The line of a seal, with its newline. */
export function writeSealLine(seal: Seal): string {
  const { number, time, flags, size, root, signature, successor } = seal;
  const fields = [number, time, flags, size, encodeBase64(root), encodeBase64(signature)];
  return `${[...fields, ...(successor === undefined ? [] : [encodeBase64(successor)])].join(' ')}\n`;
}

/** The flags that exist: a successor and an end exclude each other. */
export function areFlags(flags: number): boolean {
  return flags < 8 && (flags & (SUCCESSOR | END)) !== (SUCCESSOR | END);
}

/** The seal of a line without its newline. Returns `undefined` when the line is not of the form. */
export function readSealLine(line: string): Seal | undefined {
  if (line.length > MAX_SEAL_LINE_SIZE) return undefined;
  const fields = line.split(' ');
  if (fields.length < 6 || fields.length > 7) return undefined;
  const [number, time, flags, size] = fields.slice(0, 4).map(readDecimal);
  const [root, signature, successor] = fields.slice(4).map(decodeBase64);
  if (number === undefined || time === undefined || size === undefined) return undefined;
  if (flags === undefined || !areFlags(flags)) return undefined;
  if (root?.length !== ROOT_SIZE || signature === undefined || signature.length === 0)
    return undefined;
  if (fields.length === 7 && successor?.length !== MATERIAL_SIZE) return undefined;
  return { number, time, flags, size, root, signature, successor };
}

/** A seal and its line, without the newline. */
export interface SealLine {
  readonly line: string;
  readonly seal: Seal;
}

/** A line of the form as a seal. */
export function sealLineOf(line: string): SealLine | 'damaged' {
  const seal = readSealLine(line);
  return seal === undefined ? 'damaged' : { line, seal };
}

/**
 * The key of the seal that comes after one: the same key, or the successor that the last seal of a key has. After an
 * end it is the key that ended. Returns `undefined` when a successor is missing, is where none may be, or is not a key
 * that begins with the next number.
 */
export function keyAfter(key: LogKey, seal: SealContent): LogKey | undefined {
  const { number, flags, successor } = seal;
  if (((flags & SUCCESSOR) !== 0) !== (successor !== undefined)) return undefined;
  if (successor === undefined) return number < key.last || (flags & END) !== 0 ? key : undefined;
  const next = number === key.last ? readKey(key.origin, successor) : undefined;
  return next?.first === number + 1 ? next : undefined;
}
