import { checkBytes, checkFunction, checkInteger } from '@evolock/direct-serialise/arguments';
import type { DirectDeserialise, DirectSerialise, Pull } from '@evolock/dsign-ed25519';
import { lendBlock } from '@evolock/dsign-ed25519/unsound';

/** The most bytes of a public value. */
const MAX_PUBLIC_SIZE = 1_048_576;

/**
 * How public bytes of one size, a verification key or a signature, take part in DirectSerialise: they are plain bytes
 * and cannot carry methods, so their type carries them.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 *
 * const { verificationKeyType } = singleKes(ed25519);
 * const buffer = new Uint8Array(verificationKeyType.size);
 * directSerialiseBufChecked(buffer, verificationKeyType.serialisable(new Uint8Array(32).fill(7)));
 * assert.equal(directDeserialiseBufChecked(buffer, verificationKeyType)[0], 7);
 * ```
 */
export class PublicBytesType<Bytes extends Uint8Array> implements DirectDeserialise<Bytes> {
  readonly #name: string;
  /** Bytes. */
  readonly size: number;

  /** A type of a size, with a name for errors. */
  constructor(name: string, size: number) {
    this.#name = name;
    this.size = checkInteger('size', size, 1, MAX_PUBLIC_SIZE);
    Object.freeze(this);
  }

  /**
   * Bytes as a value that a helper writes: one block.
   *
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`; `ERR_EVOLOCK_ARGUMENT_VALUE` for another size.
   */
  serialisable(bytes: Bytes): DirectSerialise {
    const block = checkBytes(this.#name, bytes, this.size);
    return {
      directSerialise(push) {
        checkFunction('push', push);
        lendBlock(push, block);
      },
    };
  }

  /** Reads bytes: one block. */
  directDeserialise(pull: Pull): Bytes {
    checkFunction('pull', pull);
    const bytes = new Uint8Array(this.size);
    lendBlock(pull, bytes);
    // The brand exists in types alone.
    return bytes as unknown as Bytes;
  }
}
