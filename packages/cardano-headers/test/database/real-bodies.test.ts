/** The bodies of real blocks of Alonzo and Babbage. */
import { expect, test } from 'vitest';
import { bodyFactOf } from '../../src/header/block-body.js';
import { parseHeader } from '../../src/index.js';
import { blocksOf, previewNonces, whyNone } from '../support/chunks.js';
import { native } from '../support/native.js';

const CHUNKS = [0, 30, 114, 236];

function factOf(block: Uint8Array) {
  return bodyFactOf(block, parseHeader(block), native.blake2b256);
}

/** Whether a block, changed at a byte, has another body. */
function isFound(block: Uint8Array, at: number): boolean {
  const changed = Uint8Array.from(block);
  changed[at]! ^= 1 << (at % 8);
  return bodyFactOf(changed, parseHeader(block), native.blake2b256) === 'bad';
}

test.skipIf(previewNonces === undefined)(`the bodies of four chunks are right${whyNone}`, () => {
  const blocks = CHUNKS.flatMap(blocksOf);
  expect(blocks).toHaveLength(857);
  expect(new Set(blocks.map(factOf))).toEqual(new Set(['good']));
});

test.skipIf(previewNonces === undefined)(`each changed byte of a body is found${whyNone}`, () => {
  for (const chunk of CHUNKS) {
    const blocks = blocksOf(chunk).sort((one, other) => one.byteLength - other.byteLength);
    // One with transactions, and not many.
    const block = blocks.find(({ byteLength }) => byteLength > 1_500) ?? blocks.at(-1)!;
    const end = 3 + parseHeader(block).bytes.byteLength;
    const step = Math.max(1, Math.floor((block.byteLength - end) / 2_000));
    for (let at = end; at < block.byteLength; at += step)
      expect(isFound(block, at), `chunk ${chunk}, byte ${at}`).toBe(true);
  }
});
