// The README states figures of other pages, some of which a command measures again.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

it('the evidence in the README states figures of the pages that it links to', () => {
  const readme = readFileSync(`${root}README.md`, 'utf8');
  const rows = readme.split('\n').filter((line) => line.startsWith('| '));
  const measured = rows.flatMap((row) => {
    const [, claim = '', page] = /^\| (.*) \|.*\(([^)#]+\.md)[^)]*\)/.exec(row) ?? [];
    return page === undefined ? [] : [{ claim, text: readFileSync(`${root}${page}`, 'utf8') }];
  });
  expect(measured).not.toEqual([]);
  for (const { claim, text } of measured) {
    const figures = claim.match(/(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.]\w)/g) ?? [];
    expect(figures.filter((figure) => !text.includes(figure))).toEqual([]);
  }
});

it('the missed targets state the figures that were measured', () => {
  const page = readFileSync(`${root}docs/measured/performance.md`, 'utf8');
  const [measured = '', explained = ''] = page.split('<!-- end of what was measured -->');
  const figures = explained.match(/(?<=\| )\d[\d.]* \([\d.]+–[\d.]+\)/g) ?? [];
  expect(figures).not.toEqual([]);
  expect(figures.filter((figure) => !measured.includes(figure))).toEqual([]);
});
