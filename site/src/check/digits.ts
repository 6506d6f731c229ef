/** Hexadecimal digits, and which bytes are text. */

/** The bytes of hexadecimal digits, with white space anywhere between them; `undefined` for another text. */
export function bytesOfDigits(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, '').replace(/^0x/i, '');
  if (digits.length === 0 || digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let index = 0; index < bytes.byteLength; index += 1)
    bytes[index] = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16);
  return bytes;
}

/** The hexadecimal digits of bytes. */
export function digitsOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const MARK = [0xef, 0xbb, 0xbf];

/** Whether bytes begin like text. Headers, blocks and certificates begin with an array or a tag of CBOR, which are not ASCII. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const isMarked = MARK.every((byte, index) => bytes[index] === byte);
  return isMarked || (bytes[0] ?? 0) < 0x80;
}
