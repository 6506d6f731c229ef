import { readFileSync, writeFileSync } from 'node:fs';
import { measuredFile } from '../places.js';
import { markdownOf } from './markdown.js';
import type { Report } from './report.js';

const DOCUMENT = measuredFile('performance.md');
const BEGIN = '<!-- measured: npm run bench -- --document -->';
const END = '<!-- end of what was measured -->';

/**
 * Writes the tables into the documentation, between its marks.
 *
 * @returns One line for the terminal.
 * @throws Error when a mark is missing.
 */
export function document(report: Report): string {
  const text = readFileSync(DOCUMENT, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin)
    throw new Error(`${DOCUMENT.pathname} does not contain the marks of the tables`);
  const tables = `${BEGIN}\n<!-- prettier-ignore-start -->\n\n${markdownOf(report)}\n\n<!-- prettier-ignore-end -->\n`;
  writeFileSync(DOCUMENT, text.slice(0, begin) + tables + text.slice(end));
  return 'docs/measured/performance.md contains the tables';
}
