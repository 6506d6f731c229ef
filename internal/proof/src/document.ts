import { readFileSync, writeFileSync } from 'node:fs';
import { markdownOf } from './markdown.js';
import type { Proof } from './screen.js';

const DOCUMENT = new URL('../../../docs/SECURITY_BEST_PRACTICES.md', import.meta.url);
const BEGIN = '<!-- measured: npm run proof -- --document -->';
const END = '<!-- end of what was measured -->';

/**
 * Writes the table into the documentation, between its marks.
 *
 * @returns What was done, in a line.
 * @throws Error when the marks are not there.
 */
export function document(proof: Proof): string {
  const text = readFileSync(DOCUMENT, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT.pathname} has no place for the table`);
  const table = `${BEGIN}\n<!-- prettier-ignore-start -->\n\n${markdownOf(proof)}\n\n<!-- prettier-ignore-end -->\n`;
  writeFileSync(DOCUMENT, text.slice(0, begin) + table + text.slice(end));
  return 'docs/SECURITY_BEST_PRACTICES.md holds the table';
}
