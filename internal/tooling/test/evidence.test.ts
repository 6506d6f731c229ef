// The README states figures that other pages measure.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

it('the evidence in the README states figures of the measured pages', () => {
  const readme = readFileSync(`${root}README.md`, 'utf8');
  const rows = readme.split('\n').filter((line) => line.startsWith('| '));
  const measured = rows.flatMap((row) => {
    const [, claim = '', page] = /^\| (.*) \|.*\((docs\/measured\/.*\.md)\)/.exec(row) ?? [];
    return page === undefined ? [] : [{ claim, text: readFileSync(`${root}${page}`, 'utf8') }];
  });
  expect(measured).not.toEqual([]);
  for (const { claim, text } of measured) {
    const figures = claim.match(/(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.]\w)/g) ?? [];
    expect(figures.filter((figure) => !text.includes(figure))).toEqual([]);
  }
});
