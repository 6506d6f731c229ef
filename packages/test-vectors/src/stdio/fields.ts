import { HexError, StdioError } from '../errors.js';
import { hexToBytes } from '../vectors/bytes.js';

function wrong(field: string, expected: string): StdioError {
  return new StdioError(
    'ERR_EVOLOCK_STDIO_PROTOCOL',
    `${field} in a response: expected ${expected}`,
  );
}

/**
 * The bytes in a field of a response.
 *
 * @internal
 */
export function bytesField<Field extends string>(
  response: Readonly<Record<Field, unknown>>,
  field: Field,
): Uint8Array {
  const value = response[field];
  if (typeof value !== 'string') throw wrong(field, 'hexadecimal text in lower case');
  try {
    return hexToBytes(value);
  } catch (error) {
    if (error instanceof HexError) throw wrong(field, 'hexadecimal text in lower case');
    throw error;
  }
}

/**
 * The whole number in a field of a response.
 *
 * @internal
 */
export function integerField<Field extends string>(
  response: Readonly<Record<Field, unknown>>,
  field: Field,
): number {
  const value = response[field];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(field, 'an integer');
  return value;
}

/**
 * The verdict in a field of a response.
 *
 * @internal
 */
export function booleanField<Field extends string>(
  response: Readonly<Record<Field, unknown>>,
  field: Field,
): boolean {
  const value = response[field];
  if (typeof value !== 'boolean') throw wrong(field, 'true or false');
  return value;
}
