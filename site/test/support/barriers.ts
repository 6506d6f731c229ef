/** Barriers for people with a disability, found by axe-core. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** One line for each element that breaks a rule. */
export async function barriers(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: await readFile(axe, 'utf8') });
  return page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) =>
      id + ': ' + html.slice(0, 200) + ' ' + any.map(({ message }) => message).join(' '))))`);
}
