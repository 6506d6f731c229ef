import { checkBytes } from '@evolock/direct-serialise/arguments';
import { BREAK, headAt, itemEnd, major, orUndefined, type Head } from '../cbor/walk.js';

/** The shortest header body has ten items. The rule leaves room for other shapes. */
const FEWEST_ITEMS = 8;

/**
 * Whether bytes could be the body of a block header, so that a signature over them by the KES key of a pool could make a
 * block. The rule is wide, because a decoder may accept what a strict parser refuses: each CBOR array, of definite or
 * indefinite length, with heads of any length, that begins with two numbers and has eight or more items or is
 * unfinished, with or without trailing bytes. Any number of tags may stand before the array and before each number. Null,
 * undefined, booleans, floats, big numbers and fractions are numbers here. No ASCII text matches; other text only if its first
 * character is from U+0080 to U+06FF, which begins like a tag, and the next two are below `8`.
 *
 * @param message - The bytes to be signed.
 */
export function isBlockHeaderBody(message: Uint8Array): boolean {
  const bytes = checkBytes('message', message);
  const array = untagged(bytes, 0);
  if (array?.head.major !== major.array) return false;
  const { indefinite, argument, end } = array.head;
  const second = numberEnd(bytes, end);
  const third = second === undefined ? undefined : numberEnd(bytes, second);
  if (third === undefined) return false;
  if (!indefinite && argument >= FEWEST_ITEMS) return true;
  return goesOn(bytes, third, (indefinite ? FEWEST_ITEMS : argument) - 2, indefinite);
}

/** The item after all tags at an offset; `undefined` when there is none. */
function untagged(
  bytes: Uint8Array,
  start: number,
): { readonly head: Head; readonly start: number } | undefined {
  let at = start;
  for (;;) {
    const head = orUndefined(() => headAt(bytes, at));
    if (head?.major !== major.tag) return head && { head, start: at };
    at = head.end;
  }
}

/** What a decoder may read as a number: null, undefined, booleans and floats are of the last kind. */
const NUMBERS = new Set<number>([major.unsigned, major.negative, major.simple]);

/** The offset at which the number at an offset ends; `undefined` for another item. */
function numberEnd(bytes: Uint8Array, start: number): number | undefined {
  const item = untagged(bytes, start);
  if (item === undefined) return undefined;
  const { head } = item;
  if (NUMBERS.has(head.major)) return head.end;
  // A big number is a byte string with a tag, a fraction an array with a tag.
  const isTagged = item.start > start && (head.major === major.bytes || head.major === major.array);
  return isTagged ? orUndefined(() => itemEnd(bytes, item.start)) : undefined;
}

/** Whether an array continues for `count` items, or is unfinished. A complete one of definite length is too short. */
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
