import { readFileSync, writeFileSync } from 'node:fs';
import { DATA, PAGE } from '../places.js';
import { csvOf, markdownOf } from './markdown.js';
import type { Proof } from './screen.js';

const BEGIN = '<!-- measured: npm run proof -- --document -->';
const END = '<!-- end of what was measured -->';

/**
 * Writes the tables to docs/measured/proof.md, between its two marks, and the data to proof.csv beside it.
 *
 * @returns One line for the terminal.
 * @throws Error when a mark is missing.
 */
export function document(proof: Proof): string {
  const text = readFileSync(PAGE, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`${PAGE.pathname} does not contain the marks of the tables`);
  const table = `${BEGIN}\n<!-- prettier-ignore-start -->\n\n${markdownOf(proof)}\n\n<!-- prettier-ignore-end -->\n`;
  writeFileSync(PAGE, text.slice(0, begin) + table + text.slice(end));
  writeFileSync(DATA, csvOf(proof));
  return 'docs/measured/proof.md contains the tables, and proof.csv the data';
}
