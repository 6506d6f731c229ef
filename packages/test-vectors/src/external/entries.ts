import { hexToBytes } from '../vectors/bytes.js';

/** An object of an external file. Any field can be missing, null or of another type. */
export type ExternalEntry = Readonly<Record<string, unknown>>;

function isEntry(value: unknown): value is ExternalEntry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The objects of a list, without its other elements.
 *
 * @internal
 */
export function entriesOf(data: unknown): ExternalEntry[] {
  return Array.isArray(data) ? data.filter(isEntry) : [];
}

/**
 * The object in a field, or an empty one.
 *
 * @internal
 */
export function nestedEntry(entry: ExternalEntry, field: string): ExternalEntry {
  const value = entry[field];
  return isEntry(value) ? value : {};
}

/**
 * The text in a field.
 *
 * @internal
 */
export function textIn(entry: ExternalEntry, field: string): string | undefined {
  const value = entry[field];
  return typeof value === 'string' ? value : undefined;
}

/**
 * The verdict in a field.
 *
 * @internal
 */
export function verdictIn(entry: ExternalEntry, field: string): boolean | undefined {
  const value = entry[field];
  return typeof value === 'boolean' ? value : undefined;
}

/**
 * The bytes that a field has as hexadecimal text.
 *
 * @internal
 */
export function bytesIn(entry: ExternalEntry, field: string): Uint8Array | undefined {
  const text = textIn(entry, field);
  return text === undefined ? undefined : hexToBytes(text.toLowerCase());
}

/**
 * The whole number in a field, which may be a number or decimal text.
 *
 * @internal
 */
export function integerIn(entry: ExternalEntry, field: string): bigint | undefined {
  const value = entry[field];
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?[0-9]+$/.test(value) ? BigInt(value) : undefined;
}
