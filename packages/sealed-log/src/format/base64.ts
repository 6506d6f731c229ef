/** Base64 as RFC 4648, section 4, has it: padded, and canonical. */

/** Bytes as base64. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** The bytes of a text. Returns `undefined` unless encoding them gives the same text again. */
export function decodeBase64(text: string): Uint8Array | undefined {
  // What `atob` would throw for costs far more than this look at it.
  if (text.length % 4 !== 0 || /[^A-Za-z0-9+/=]|=[^=]|===/.test(text)) return undefined;
  const decoded = atob(text);
  if (btoa(decoded) !== text) return undefined;
  const bytes = new Uint8Array(decoded.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = decoded.charCodeAt(at);
  return bytes;
}
