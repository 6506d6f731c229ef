import { checkBytes } from '@evolock/direct-serialise/arguments';
import { CborError, headAt, itemEnd, major } from '../cbor/walk.js';

/** The shortest body of a header has ten items. The rule leaves room for other shapes. */
const FEWEST_ITEMS = 8;

/**
 * Whether bytes could be the body of a block header: a signature over them by the KES key of a pool may make a block. The
 * rule is wide on purpose, since a decoder may accept what a strict parser refuses: any CBOR array, of definite or
 * indefinite length, with heads of any length, that begins with two integers and has eight or more items or is
 * unfinished, with or without bytes behind it. No UTF-8 text is one.
 *
 * @param message - The bytes to be signed.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { isBlockHeaderBody } from '@evolock/cardano-kes';
 *
 * assert(!isBlockHeaderBody(new TextEncoder().encode('a message')));
 * assert(isBlockHeaderBody(Uint8Array.of(0x8a, 0x01, 0x02)));
 * ```
 */
export function isBlockHeaderBody(message: Uint8Array): boolean {
  const bytes = checkBytes('message', message);
  const first = bytes.byteLength === 0 ? undefined : orUndefined(() => headAt(bytes, 0));
  if (first?.major !== major.array) return false;
  const second = integerEnd(bytes, first.end);
  const third = second === undefined ? undefined : integerEnd(bytes, second);
  if (third === undefined) return false;
  if (!first.indefinite && first.argument >= FEWEST_ITEMS) return true;
  return first.indefinite
    ? goesOn(bytes, third, FEWEST_ITEMS - 2, true)
    : goesOn(bytes, third, first.argument - 2, false);
}

/** Where the integer at an offset ends; `undefined` for anything else. */
function integerEnd(bytes: Uint8Array, start: number): number | undefined {
  const head = orUndefined(() => headAt(bytes, start));
  if (head === undefined) return undefined;
  if (head.major === major.unsigned || head.major === major.negative) return head.end;
  const isBignum = head.major === major.tag && (head.argument === 2 || head.argument === 3);
  return isBignum ? orUndefined(() => itemEnd(bytes, start)) : undefined;
}

const BREAK = 0xff;

/**
 * Whether an array goes on for so many items, or ends in its middle. An array of definite length that has all its items
 * is short and whole, one of indefinite length is long.
 */
function goesOn(bytes: Uint8Array, start: number, count: number, indefinite: boolean): boolean {
  let at = start;
  for (let seen = 0; seen < count; seen += 1) {
    if (indefinite && bytes[at] === BREAK) return false;
    const end = orUndefined(() => itemEnd(bytes, at));
    if (end === undefined) return true;
    at = end;
  }
  return indefinite;
}

/** What a walk returns; `undefined` for what is unfinished or not well-formed. */
function orUndefined<T>(walk: () => T): T | undefined {
  try {
    return walk();
  } catch (error) {
    if (error instanceof CborError) return undefined;
    throw error;
  }
}
