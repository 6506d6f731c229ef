/** The codes of the errors. They are stable across versions. */
export type MemoryScanErrorCode =
  | 'ERR_MEMORY_SCAN_CHILD'
  | 'ERR_MEMORY_SCAN_FILE'
  | 'ERR_MEMORY_SCAN_NEEDLE'
  | 'ERR_MEMORY_SCAN_NO_PROCESS'
  | 'ERR_MEMORY_SCAN_NOT_STOPPED'
  | 'ERR_MEMORY_SCAN_OWN_PROCESS'
  | 'ERR_MEMORY_SCAN_PERMISSION'
  | 'ERR_MEMORY_SCAN_PLATFORM';

/**
 * Each error that this package throws on purpose beside those about arguments, distinguished by `code`. `cause` is the error of the system. No message
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
