import { types } from 'node:util';
import { ArgumentError } from '@evolock/direct-serialise/arguments';

/** The codes of the errors. They are stable across versions. */
export type MemoryScanErrorCode =
  | 'ERR_MEMORY_SCAN_ARGUMENT'
  | 'ERR_MEMORY_SCAN_CHILD'
  | 'ERR_MEMORY_SCAN_FILE'
  | 'ERR_MEMORY_SCAN_NEEDLE'
  | 'ERR_MEMORY_SCAN_NO_PROCESS'
  | 'ERR_MEMORY_SCAN_NOT_STOPPED'
  | 'ERR_MEMORY_SCAN_OWN_PROCESS'
  | 'ERR_MEMORY_SCAN_PERMISSION'
  | 'ERR_MEMORY_SCAN_PLATFORM';

/**
 * Each error that this package throws on purpose, distinguished by `code`. `cause` is the error of the system. No message
 * contains a part of a needle.
 */
export class MemoryScanError extends Error {
  readonly code: MemoryScanErrorCode;

  constructor(code: MemoryScanErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, 'name', { value: 'MemoryScanError', configurable: true });
  }
}

/** The error for a wrong argument. */
export function argumentError(message: string, options?: ErrorOptions): MemoryScanError {
  return new MemoryScanError('ERR_MEMORY_SCAN_ARGUMENT', message, options);
}

/** The code of a system error, `EACCES` for instance. */
export function systemCode(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}

/**
 * A plain view of bytes. Shared memory is accepted: a test may plant its secret there. Detached bytes have a length of 0.
 */
export function checkedBytes(what: string, value: unknown, most: number): Uint8Array {
  const length = types.isUint8Array(value) ? value.byteLength : 0;
  if (!types.isUint8Array(value) || length < 1 || length > most)
    throw argumentError(`${what} must be a Uint8Array of 1 to ${most} bytes`);
  return new Uint8Array(value.buffer, value.byteOffset, length);
}

/** Checks options by the door of all packages, whose error becomes one of this package. */
export function asScanError<Checked>(check: () => Checked): Checked {
  try {
    return check();
  } catch (error) {
    if (error instanceof ArgumentError) throw argumentError(error.message, { cause: error });
    throw error;
  }
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
