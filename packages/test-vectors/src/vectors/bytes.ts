import { checkedText, copiedBytes } from '../arguments.js';
import { HexError } from '../errors.js';

const WHOLE_BYTES = /^(?:[0-9a-f]{2})*$/;

/**
 * Decodes hexadecimal text, strictly: lower case, an even number of digits, nothing else.
 *
 * @param hex - Two digits a byte.
 * @returns Half as many bytes as there are digits.
 * @throws HexError with code `ERR_EVOLOCK_INVALID_HEX` on any other text.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { hexToBytes } from '@evolock/test-vectors';
 *
 * assert.deepEqual(hexToBytes('00ff'), Uint8Array.of(0, 255));
 * assert.throws(() => hexToBytes('0xff'), { code: 'ERR_EVOLOCK_INVALID_HEX' });
 * ```
 */
export function hexToBytes(hex: string): Uint8Array {
  if (!WHOLE_BYTES.test(checkedText('hex', hex))) {
    throw new HexError('hexadecimal text must be pairs of the digits 0-9 and a-f');
  }
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/**
 * Encodes bytes as hexadecimal text in lower case.
 *
 * @param bytes - Any number of bytes.
 * @returns Two digits a byte.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { bytesToHex } from '@evolock/test-vectors';
 *
 * assert.equal(bytesToHex(Uint8Array.of(0, 255)), '00ff');
 * ```
 */
export function bytesToHex(bytes: Uint8Array): string {
  return Buffer.from(copiedBytes('bytes', bytes)).toString('hex');
}

/**
 * Concatenates bytes, then truncates or zero-fills them to `size`, if given.
 *
 * @internal
 */
export function joinBytes(parts: readonly Uint8Array[], size?: number): Uint8Array {
  const all = parts.flatMap((part) => [...part]);
  if (size === undefined) return Uint8Array.from(all);
  const sized = new Uint8Array(size);
  sized.set(all.slice(0, size));
  return sized;
}
