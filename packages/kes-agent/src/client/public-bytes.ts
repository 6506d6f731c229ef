/**
 * Public bytes over a connection that receives into locked memory: they leave it for ordinary memory.
 */
import type { DirectDeserialise, DirectSerialise } from '@evolock/direct-serialise-io';

/** Public bytes as a value. */
export function publicValue(bytes: Uint8Array): DirectSerialise {
  return { directSerialise: (push) => push(bytes) };
}

/** Public bytes of a given size as a type. */
export function publicType(size: number): DirectDeserialise<Uint8Array> {
  return {
    directDeserialise(pull) {
      const bytes = new Uint8Array(size);
      pull(bytes);
      return bytes;
    },
  };
}
