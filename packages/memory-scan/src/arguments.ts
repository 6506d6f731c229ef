/** Checks of arguments, at the functions that an application calls. */
import { types } from 'node:util';
import { argumentError } from './errors.js';

/**
 * A plain view of bytes. Shared memory is accepted: a test may plant its secret there. Detached bytes have a length of 0.
 */
export function checkedBytes(what: string, value: unknown, most: number): Uint8Array {
  const length = types.isUint8Array(value) ? value.byteLength : 0;
  if (!types.isUint8Array(value) || length < 1 || length > most)
    throw argumentError(`${what} must be a Uint8Array of 1 to ${most} bytes`);
  return new Uint8Array(value.buffer, value.byteOffset, length);
}

/** The given options; none when absent. */
export function checkedOptions<Options extends object>(
  options: Options | undefined,
): Partial<Options> {
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw argumentError('options must be an object');
  return options;
}

/** A string. Other values are not converted. */
export function checkedText(what: string, value: unknown): string {
  if (typeof value !== 'string') throw argumentError(`${what} must be text`);
  return value;
}

/** Refuses anything but an integer of a range. */
export function requireInteger(
  what: string,
  value: unknown,
  least: number,
  most: number,
): asserts value is number {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
    throw argumentError(`${what} must be an integer from ${least} to ${most}`);
}
