import { expect, test } from 'vitest';
import { conformanceCases, coverage, kesSignatureVectors } from '@evolock/test-vectors';
import { native } from '../src/native.js';

const cases = conformanceCases(native);

test('no two cases of a group have one name', () => {
  const names = cases.map(({ group, name }) => `${group}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
});

test('the coverage of the native packages counts every case and every part is offered', () => {
  const { total, groups, notOffered, statement } = coverage(native);
  expect(total).toBe(cases.length);
  expect([...groups.values()].reduce((sum, count) => sum + count, 0)).toBe(total);
  expect(notOffered).toEqual([]);
  console.log(statement);
});

test('the coverage lists what is not offered', () => {
  const { notOffered, statement } = coverage({
    kes: (algorithm, depth) =>
      algorithm === 'sum' && depth === 7 ? undefined : native.kes(algorithm, depth),
  });
  expect(notOffered).toEqual(['seed expansion', 'ed25519', 'sum depth 7']);
  expect(statement).toContain('not offered: seed expansion, ed25519, sum depth 7');
});

test('every algorithm has every depth', () => {
  const pairs = kesSignatureVectors().map(({ algorithm, depth }) => `${algorithm} ${depth}`);
  const depths = [0, 1, 2, 3, 4, 5, 6, 7];
  expect(pairs).toEqual([
    'single 0',
    'compactSingle 0',
    ...depths.map((depth) => `sum ${depth}`),
    ...depths.map((depth) => `compactSum ${depth}`),
  ]);
});
