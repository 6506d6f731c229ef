import {
  directDeserialiseBufChecked,
  directSerialiseBufChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import { checkInteger } from '@evolock/direct-serialise/arguments';
import { MAX_REGION_SIZE } from './mapping.js';

/**
 * **Copies a secret into ordinary memory**, where the garbage collector may copy it again and nothing wipes it. For
 * tests and for tools that have no other way; everything else moves secrets with DirectSerialise.
 *
 * @param value - Locked bytes, a seed, a signing key.
 * @param size - Bytes of its serialised form.
 * @returns The secret, in ordinary memory: zero it yourself.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the value has another size.
 * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 * import { unsoundRaw } from '@evolock/mlocked-bytes/unsound';
 *
 * const bytes = MLockedBytes.fromBytes(Uint8Array.of(1, 2, 3));
 * assert.deepEqual(unsoundRaw(bytes, 3), Uint8Array.of(1, 2, 3));
 * bytes.release();
 * ```
 */
export function unsoundRaw(value: DirectSerialise, size: number): Uint8Array {
  checkInteger('size', size, 1, MAX_REGION_SIZE);
  const raw = new Uint8Array(size);
  directSerialiseBufChecked(raw, value);
  return raw;
}

/**
 * Reads a secret from **ordinary memory**, where it is already in danger. The bytes stay as they are: zero them.
 *
 * @param type - What is read: a seed of a size, a signature scheme, whose signing key it is.
 * @param raw - The serialised form, all of it.
 * @param options - Handed to the type.
 * @returns The secret in locked memory, which is the caller's to release.
 * @throws {@link SizeCheckError} `ERR_EVOLOCK_SIZE_CHECK` when the type takes more or less than these bytes.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, and what the type throws.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 * import { unsoundRaw, unsoundReadRaw } from '@evolock/mlocked-bytes/unsound';
 *
 * const raw = Uint8Array.of(1, 2, 3);
 * const bytes = unsoundReadRaw(MLockedBytes.type(3), raw);
 * raw.fill(0);
 * assert.deepEqual(unsoundRaw(bytes, 3), Uint8Array.of(1, 2, 3));
 * bytes.release();
 * ```
 */
export function unsoundReadRaw<Value, Options extends object = object>(
  type: DirectDeserialise<Value, Options>,
  raw: Uint8Array,
  options?: Options,
): Value {
  return directDeserialiseBufChecked(raw, type, options);
}
