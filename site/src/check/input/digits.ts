/** Hexadecimal digits, base64, and which bytes are text. */

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

/** The bytes of base64, of either alphabet, with or without padding; `undefined` for another text. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const characters = text
    .replace(/[\r\n]+/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  if (!/^[0-9a-z+/]*={0,2}$/i.test(characters)) return undefined;
  try {
    return Uint8Array.from(atob(characters), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Base64 of the alphabet for addresses, without padding. */
export function base64UrlOf(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

const MARK = [0xef, 0xbb, 0xbf];

/** Whether bytes begin like text. Headers, blocks and certificates begin with an array or a tag of CBOR, which are not ASCII. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const isMarked = MARK.every((byte, index) => bytes[index] === byte);
  return isMarked || (bytes[0] ?? 0) < 0x80;
}
