/** Views and copies of secrets that nothing protects. */
import { directSerialiseBufChecked, type DirectSerialise } from '@evolock/direct-serialise';

/**
 * **Copies a secret into ordinary memory**, where the garbage collector may copy it again and nothing wipes it. The caller
 * zeroes it. For tests and for tools that have no other way. Everything else moves secrets with DirectSerialise.
 *
 * @param value - Locked bytes, a seed, a signing key.
 * @param size - Bytes of its serialised form.
 */
export function unsoundRaw(value: DirectSerialise, size: number): Uint8Array {
  const raw = new Uint8Array(size);
  directSerialiseBufChecked(raw, value);
  return raw;
}

/**
 * Pins buffer, offset and length of a view as own properties, for views that are hashed again and again: native code asks
 * the engine for each of them, which takes half as long as a hash of 32 bytes. Only for memory that no other code can reach
 * and that lives as long as the view. If the memory were detached, native code would write to its old address, and the
 * process would end.
 */
export function placedView(view: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = view;
  return Object.defineProperties(view, {
    buffer: { value: buffer },
    byteOffset: { value: byteOffset },
    byteLength: { value: byteLength },
  });
}
