/** A headless Chromium of the system. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { chromiumPath } from '../../.vitepress/chromium.mjs';
import { pagesOfSite, serveSite, type Site } from './site.js';

/** What a page is opened with. */
export interface View {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** The site in a browser. */
export interface Visit {
  /**
   * Opens a page, runs the visitor, and closes it. Fails when the page asked another host for anything, or reported an
   * error.
   */
  open(path: string, visitor: (page: Page) => Promise<void>, view?: View): Promise<void>;
}

/** Tests in a browser. Without one they are skipped, with the reason as their name. */
export function inBrowser(name: string, tests: (visit: Visit) => void): void {
  if (chromiumPath === undefined) {
    test.skipIf(true)(`${name}: there is no chromium in PATH`, () => {});
    return;
  }
  describe(name, () => {
    let site: Site;
    let browser: Browser;
    beforeAll(async () => {
      pagesOfSite();
      site = await serveSite();
      browser = await startBrowser();
    });
    afterAll(async () => {
      await browser?.close();
      await site?.close();
    });
    tests({ open: (path, visitor, view) => visited(browser, site, path, visitor, view) });
  });
}

async function visited(
  browser: Browser,
  { origin }: Site,
  path: string,
  visitor: (page: Page) => Promise<void>,
  { width = 1_280, colorScheme = 'light' }: View = {},
): Promise<void> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
  const problems: string[] = [];
  try {
    const page = await context.newPage();
    context.on('request', (request) => {
      if (!/^(?:data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin)
        problems.push(`a request to ${request.url()}`);
    });
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(`${origin}${path}`);
    await hydrated(page);
    await visitor(page);
    if (problems.length > 0) throw new Error(problems.join('\n'));
  } finally {
    await context.close();
  }
}

/** Waits until the scripts of a page have taken over its elements. A page of the API reference has no such elements. */
async function hydrated(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const look = () => {
      const app = document.querySelector('#app');
      app === null || app.__vue_app__ ? resolve() : requestAnimationFrame(look);
    };
    look();
  })`);
}

/** Starts the browser, with a new profile and without requests of its own. */
function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Barriers for people with a disability, found by axe-core: one line for each element that breaks a rule. */
export async function barriers(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: await readFile(axe, 'utf8') });
  return page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) =>
      id + ': ' + html.slice(0, 200) + ' ' + any.map(({ message }) => message).join(' '))))`);
}
