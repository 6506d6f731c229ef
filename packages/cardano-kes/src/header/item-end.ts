/** Where an item ends whose bytes arrive in parts. */
import { checkBytes } from '@evolock/direct-serialise/arguments';
import { HeaderError } from '../errors.js';
import { CborError, Walk } from '../cbor/walk.js';

/**
 * Finds the end of a CBOR item whose bytes arrive in parts: of one block of a chunk, or of one header of a sequence. No byte
 * is walked twice.
 *
 * Source: RFC 8949; RFC 8742 for sequences.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { CborItemEnd } from '@evolock/cardano-kes';
 *
 * const item = new CborItemEnd();
 * assert.equal(item.find(Uint8Array.of(0x82, 0x01)), undefined);
 * assert.equal(item.find(Uint8Array.of(0x82, 0x01, 0x02, 0x03)), 3);
 * ```
 */
export class CborItemEnd {
  readonly #walk = new Walk(0);

  /**
   * The size of the item in bytes.
   *
   * @param bytes - All bytes from the beginning of the item that have arrived. Bytes may follow the item.
   * @returns `undefined` when the item is unfinished.
   * @throws {@link HeaderError} `ERR_EVOLOCK_CARDANO_HEADER`, problem `not-cbor` or `too-deep`. {@link ArgumentError}
   * `ERR_EVOLOCK_ARGUMENT_TYPE`.
   */
  find(bytes: Uint8Array): number | undefined {
    const given = checkBytes('bytes', bytes);
    try {
      return this.#walk.end(given);
    } catch (cause) {
      if (!(cause instanceof CborError)) throw cause;
      const { problem, offset, field } = cause;
      if (problem === 'truncated') return undefined;
      throw new HeaderError(problem, { offset, field });
    }
  }
}
