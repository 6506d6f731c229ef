import { createMarkdownRenderer } from 'vitepress';
import { expect, test } from 'vitest';
import { phoneTables } from '../../.vitepress/phone-tables.mjs';

const markdown = await createMarkdownRenderer('.', { config: phoneTables });

/** The cells of a table with these rows, with their classes and names. */
function cells(...rows: string[]): string[] {
  const [head = '', ...body] = rows;
  const rule = head.replaceAll(/[^|]+/g, '---');
  return [...markdown.render([head, rule, ...body].join('\n')).matchAll(/<t[hd]\b.*?>/g)].map(
    String,
  );
}

test('a phone leaves out columns that matter less, and a second one of the same name', () => {
  expect(cells('|a|µs|scans|µs|', '|b|1|c|2|')).toEqual([
    ...['<th>', '<th>', '<th class="minor">', '<th class="minor">'],
    ...['<td>', '<td>', '<td class="minor">', '<td class="minor">'],
  ]);
});

test('a figure and its spread are marked, to stay on one line', () => {
  expect(cells('|a|µs|', '|b|1.5 (1.4–1.6) µs|').at(-1)).toBe('<td class="figure">');
});

test('a unit is not parted from its figure, nor a figure from its sign', () => {
  const html = markdown.render('|a|\n|---|\n|9 (8–9) µs; b 30 ×; target ≤ 2 KiB|');
  expect(html).toContain('9 (8–\u{2060}9)\u{a0}µs; b 30\u{a0}×; target ≤\u{a0}2\u{a0}KiB');
});

test('a row is a list where the words do not fit beside one another', () => {
  const long = '`a-name-of-thirty-characters-here`';
  const named = (name: string) => `<td data-column="${name}">`;
  expect(cells('|a|b|c|', `|${long}|1|2|`).slice(3)).toEqual(['a', 'b', 'c'].map(named));
  // Of two columns the second needs no name.
  expect(cells('|a|b|', `|${long}|1|`).slice(2)).toEqual(['', ''].map(named));
  expect(cells('|a|b|', '|some words of thirty characters|1|').slice(2)).toEqual(['<td>', '<td>']);
});
