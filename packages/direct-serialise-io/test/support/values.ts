import { MLockedBytes, type Pull, type Push } from '@evolock/mlocked-bytes';
import { onTestFinished } from 'vitest';

/** Bytes that differ from their neighbours and from zero. */
export function pattern(size: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => ((index * 7 + seed) % 255) + 1);
}

/** Locked bytes with a given content, released after the test. */
export function lockedCopy(content: Uint8Array): MLockedBytes {
  const bytes = MLockedBytes.fromBytes(new Uint8Array(content));
  onTestFinished(() => bytes.release());
  return bytes;
}

/** A copy of the content. Releases the bytes. */
export function contentOf(bytes: MLockedBytes): Uint8Array {
  try {
    return bytes.withBytes((view) => new Uint8Array(view));
  } finally {
    bytes.release();
  }
}

/** Checks equal bytes, faster than `toEqual`. A failure does not print them. */
export function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

/** A value with blocks of these sizes. */
export function inBlocks(content: Uint8Array, sizes: readonly number[]) {
  return {
    directSerialise(push: Push): void {
      let offset = 0;
      for (const size of sizes) push(content.subarray(offset, (offset += size)));
    },
  };
}

export const broken = new Error('the value is broken');

/** A value that fails after its first block, in the given pass. */
export function failingValue(content: Uint8Array, failingPass = 1) {
  let pass = 0;
  return {
    directSerialise(push: Push): void {
      pass += 1;
      push(content.subarray(0, 1));
      if (pass === failingPass) throw broken;
      push(content.subarray(1));
    },
  };
}

/** A type that reads into locked memory, then refuses the value and wipes. */
export function refusingType(size: number) {
  return {
    size,
    directDeserialise(pull: Pull, options?: object): never {
      MLockedBytes.type(size).directDeserialise(pull, options).release();
      throw broken;
    },
  };
}
