/**
 * What is wrong with bytes that should be CBOR: cut short; not well-formed; nested too deep; followed by something;
 * or well-formed and another type of item than belongs there.
 */
export type CborErrorCode =
  | 'CBOR_TRUNCATED'
  | 'CBOR_MALFORMED'
  | 'CBOR_TOO_DEEP'
  | 'CBOR_TRAILING_BYTES'
  | 'CBOR_UNEXPECTED_TYPE';

/** Bytes that are not well-formed CBOR, or not the item that belongs there. */
export class CborError extends Error {
  override readonly name = 'CborError';
  readonly code: CborErrorCode;
  /** Where, in bytes from the beginning. */
  readonly offset: number;

  constructor(code: CborErrorCode, offset: number, what: string) {
    super(`${what} at byte ${offset}`);
    this.code = code;
    this.offset = offset;
  }
}
