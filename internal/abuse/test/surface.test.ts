import { expect, test } from 'vitest';
import { samples } from '../src/arguments/kinds.js';
import { surface } from '../src/table/surface.js';
import { excluded, table } from '../src/table/table.js';

const found = [...surface(samples).keys()];

test('the table has every public function and no other', () => {
  const known = [...Object.keys(table), ...Object.keys(excluded)];
  expect(found.filter((name) => !known.includes(name))).toEqual([]);
  expect(known.filter((name) => !found.includes(name))).toEqual([]);
});
