import { checkBytes } from '@evolock/direct-serialise/arguments';
import { CborError, headAt, itemEnd, major } from '../cbor/walk.js';

/** The shortest header body has ten items. The rule leaves room for other shapes. */
const FEWEST_ITEMS = 8;

/**
 * Whether bytes could be the body of a block header, so that a signature over them by the KES key of a pool could make a
 * block. The rule is wide, because a decoder may accept what a strict parser refuses: each CBOR array, of definite or
 * indefinite length, with heads of any length, that begins with two integers and has eight or more items or is
 * unfinished, with or without trailing bytes. No UTF-8 text matches.
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

/** The offset at which the integer at an offset ends; `undefined` for another item. */
function integerEnd(bytes: Uint8Array, start: number): number | undefined {
  const head = orUndefined(() => headAt(bytes, start));
  if (head === undefined) return undefined;
  if (head.major === major.unsigned || head.major === major.negative) return head.end;
  const isBignum = head.major === major.tag && (head.argument === 2 || head.argument === 3);
  return isBignum ? orUndefined(() => itemEnd(bytes, start)) : undefined;
}

const BREAK = 0xff;

/**
 * Whether an array continues for `count` items, or is unfinished. A complete array of definite length is too short to be a
 * body.
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

/** The result of a walk; `undefined` when the text is unfinished or not well-formed. */
function orUndefined<T>(walk: () => T): T | undefined {
  try {
    return walk();
  } catch (error) {
    if (error instanceof CborError) return undefined;
    throw error;
  }
}
