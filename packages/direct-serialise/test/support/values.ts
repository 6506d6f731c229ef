import fc from 'fast-check';
import type { DirectDeserialise, DirectSerialise } from '../../src/index.js';

/** A value that pushes these blocks, in order. */
export function valueOf(blocks: readonly Uint8Array[]): DirectSerialise {
  return {
    directSerialise(push) {
      for (const block of blocks) push(block);
    },
  };
}

/** A type whose values are blocks of these sizes, in order. */
export function typeOf(sizes: readonly number[]): DirectDeserialise<Uint8Array[]> {
  return {
    directDeserialise: (pull) =>
      sizes.map((size) => {
        const block = new Uint8Array(size);
        pull(block);
        return block;
      }),
  };
}

/** Bytes of all blocks together. */
export function sizeOf(blocks: readonly Uint8Array[]): number {
  return blocks.reduce((size, block) => size + block.byteLength, 0);
}

/** Bytes of each block. */
export function sizesOf(blocks: readonly Uint8Array[]): number[] {
  return blocks.map((block) => block.byteLength);
}

/** Blocks of any content, some of them empty. */
export const anyBlocks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });

/** Blocks with at least one byte among them. */
export const someBlocks = anyBlocks.filter((blocks) => sizeOf(blocks) > 0);
