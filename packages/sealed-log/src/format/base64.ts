/** Base64 as RFC 4648, section 4, has it: padded, and canonical. */

/** Bytes as base64. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** The bytes of a text. Returns `undefined` unless encoding them gives the same text again. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    const decoded = atob(text);
    return btoa(decoded) === text
      ? Uint8Array.from(decoded, (character) => character.charCodeAt(0))
      : undefined;
  } catch {
    return undefined;
  }
}
