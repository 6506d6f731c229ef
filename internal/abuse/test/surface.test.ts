import { expect, test } from 'vitest';
import { missing, stale } from '../src/table/table.js';

test('the table has every public function with parameters and no other', () => {
  expect({ missing, stale }).toEqual({ missing: [], stale: [] });
});
