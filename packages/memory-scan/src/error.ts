/** What went wrong, as a word that stays the same across versions. */
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
 * Every error that this package throws on purpose. `code` says which; `cause` is what the system said, if it did.
 *
 * No message ever holds a part of a needle.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MaskedNeedle, MemoryScanError, scanProcess } from '@evolock/memory-scan';
 *
 * try {
 *   scanProcess(process.pid, [MaskedNeedle.random('canary', 32)]);
 * } catch (error) {
 *   assert(error instanceof MemoryScanError);
 *   assert.equal(error.code, 'ERR_MEMORY_SCAN_OWN_PROCESS');
 * }
 * ```
 */
export class MemoryScanError extends Error {
  /** What went wrong, for programs: stable across versions. */
  readonly code: MemoryScanErrorCode;

  constructor(code: MemoryScanErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, 'name', { value: 'MemoryScanError', configurable: true });
  }
}

/**
 * An argument that cannot be what is meant.
 *
 * @internal
 */
export function argumentError(message: string, options?: ErrorOptions): MemoryScanError {
  return new MemoryScanError('ERR_MEMORY_SCAN_ARGUMENT', message, options);
}

/**
 * The code of a system error, `EACCES` and the like.
 *
 * @internal
 */
export function systemCode(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}
