import { expect, test } from 'vitest';
import { ed25519 } from '../../src/index.js';
import { TreeGeometry } from '../../src/tree/tree-geometry.js';

const depths = Array.from({ length: 20 }, (_, index) => index + 1);

test.each(depths)(
  'the table of depth %i holds every verification key except that of the root',
  (depth) => {
    const { tableSize } = new TreeGeometry(ed25519, depth);
    expect(tableSize).toBe(64 * (2 ** depth - 1));
  },
);

test('every byte of the table belongs to exactly one node', () => {
  const geometry = new TreeGeometry(ed25519, 5);
  const taken = new Uint8Array(geometry.tableSize);
  for (let height = 0; height < 5; height += 1) {
    for (let index = 0; index < 2 ** (5 - height); index += 1) {
      const { keySize: size, tableOffset } = geometry.levels[height]!;
      const offset = tableOffset + index * size;
      for (let byte = 0; byte < size; byte += 1) taken[offset + byte]! += 1;
    }
  }
  expect(new Set(taken)).toEqual(new Set([1]));
});
