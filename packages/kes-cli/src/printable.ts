/** Text for a terminal or a script. */

/** Control, format, bidirectional, private and unassigned characters, and the two separators that break a line. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Text from outside, safe to print on a terminal: replaces every unsafe character. */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, '\ufffd');
}

/**
 * JSON that is safe to print on a terminal: escapes every unsafe character. Parsing gives the original characters. It is
 * one line without an indentation, which is in spaces per level.
 */
export function jsonText(value: unknown, indent?: number): string {
  // A line break outside of a string is layout. Inside of a string it is escaped already.
  return JSON.stringify(value, null, indent).replaceAll(UNSAFE, (character) =>
    character === '\n' ? character : escaped(character),
  );
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** A count with its noun: `1 slot`, `2 slots`. */
export function counted(count: number | bigint, noun: string): string {
  return BigInt(count) === 1n ? `1 ${noun}` : `${count} ${noun}s`;
}

/** A path for people and for JSON: bytes that are not UTF-8 are escaped. */
export function nameInWords(path: Buffer): string {
  const text = path.toString('utf8');
  if (Buffer.from(text).equals(path)) return printable(text);
  const escaped = path
    .toString('latin1')
    .replaceAll(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return escaped;
}
