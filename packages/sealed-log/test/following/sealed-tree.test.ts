/** The places at which the tree of the sealed entries can begin, by what is found. */
import { expect, test } from 'vitest';
import { BEGINNING } from '../../src/following/entry-file.js';
import { beginningsOf, type FoundBeginnings } from '../../src/following/sealed-tree.js';

const tree = (size: number) => ({ size, nodes: [] });
const hint = { ...tree(9), before: tree(4), position: { offset: 90, last: undefined } };
const at = (size: number) => ({
  start: { ...tree(size), before: tree(size), position: BEGINNING },
  isErased: true,
});

const NOTHING: FoundBeginnings = {
  hint: undefined,
  hasHashes: false,
  areLaterThere: () => true,
  beforeFiles: () => undefined,
};

test.each<[string, Partial<FoundBeginnings>, unknown[]]>([
  ['nothing is known', {}, [{}]],
  ['there is a hint', { hint }, [{ start: hint, isOfHint: true }, {}]],
  ['the hashes are there', { hasHashes: true }, [{}, { isErased: true }]],
  [
    'the last sealed entry is there',
    { hasHashes: true, beforeFiles: () => tree(3) },
    [{}, { isErased: true }, at(3)],
  ],
  [
    'there are a hint and the hashes',
    { hint, hasHashes: true, beforeFiles: () => tree(3) },
    [{ start: hint, isOfHint: true }, {}, { isErased: true }, at(4), at(3)],
  ],
  [
    'the file of the hint is the first of the log',
    { hint: { ...hint, before: tree(0) }, hasHashes: true },
    [{ start: { ...hint, before: tree(0) }, isOfHint: true }, {}, { isErased: true }],
  ],
  [
    'a file that follows is gone, whose entries no seal covers',
    { hint, hasHashes: true, areLaterThere: () => false, beforeFiles: () => tree(3) },
    [{ start: hint, isOfHint: true }, {}, { isErased: true }],
  ],
  [
    'only the last entry could say where the files begin, and no hashes are there',
    { beforeFiles: () => tree(3) },
    [{}],
  ],
])('when %s', (_, found, beginnings) => {
  expect([...beginningsOf({ ...NOTHING, ...found })]).toEqual(beginnings);
});
