import { readFileSync, writeFileSync } from 'node:fs';
import { markdownOf } from './markdown.js';
import type { Report } from './report.js';

const DOCUMENT = new URL('../../../docs/PERFORMANCE.md', import.meta.url);
const BEGIN = '<!-- measured: npm run bench -- --document -->';
const END = '<!-- end of what was measured -->';

/**
 * Writes the tables into the documentation, between its marks.
 *
 * @returns What was done, in a line.
 * @throws Error when the marks are not there.
 */
export function document(report: Report): string {
  const text = readFileSync(DOCUMENT, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT.pathname} has no place for the table`);
  const tables = `${BEGIN}\n<!-- prettier-ignore-start -->\n\n${markdownOf(report)}\n\n<!-- prettier-ignore-end -->\n`;
  writeFileSync(DOCUMENT, text.slice(0, begin) + tables + text.slice(end));
  return 'docs/PERFORMANCE.md holds the tables';
}
