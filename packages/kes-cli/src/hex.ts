/** Bytes in hexadecimal. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** The bytes of hexadecimal text, or `undefined` where it is no such text of whole bytes. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  // Buffer.from stops at the first wrong digit without a word.
  return /^(?:[0-9a-f]{2})*$/i.test(text) ? new Uint8Array(Buffer.from(text, 'hex')) : undefined;
}
