import { directSerialiseBufChecked, type DirectSerialise } from '@evolock/direct-serialise';
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
