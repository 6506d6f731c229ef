import { expect, test } from 'vitest';
import { samples } from '../src/kinds.mjs';
import { surface } from '../src/surface.mjs';
import { excluded, table } from '../src/table.mjs';

const found = [...surface(samples).keys()];

test('the table has every public function and no other', () => {
  const known = [...Object.keys(table), ...Object.keys(excluded)];
  expect(found.filter((name) => !known.includes(name))).toEqual([]);
  expect(known.filter((name) => !found.includes(name))).toEqual([]);
});
