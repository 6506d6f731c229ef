import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { writeServiceWorker } from '../../.vitepress/offline.mjs';
import { examples } from '../../src/check/examples.js';
import { inBrowser, type Visit } from '../support/browser.js';
import { baseOfSite, DIST } from '../support/site.js';

const PAGE = '/verify.html';
const words = (page: Page) => page.getByText('Works offline.');

/** Serves another folder until the end of the test; none is a network that does not work. */
function serve(visit: Visit, folder: string | undefined): void {
  visit.site.folder = folder;
  onTestFinished(() => {
    visit.site.folder = DIST;
  });
}

/** A copy of the built site with one file changed, or without it. */
function otherSite(file: string, change?: (text: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-site-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(DIST, folder, { recursive: true });
  const path = join(folder, file);
  if (change === undefined) rmSync(path);
  else writeFileSync(path, change(readFileSync(path, 'utf8')));
  return folder;
}

/** The caches of the browser, and the addresses of all that they contain. */
const stored = (page: Page) =>
  page.evaluate<Record<string, string[]>>(`(async () => {
    const found = {};
    for (const name of await caches.keys())
      found[name] = (await (await caches.open(name)).keys()).map(({ url }) => url);
    return found;
  })()`);

/** Installs the service worker, and waits until it is given up or serves the page. */
const installed = (page: Page) =>
  page.evaluate<string>(`navigator.serviceWorker.register('service-worker.js').then(
    ({ installing }) => new Promise((resolve) => {
      const look = () => /^(?:activated|redundant)$/.test(installing.state) && resolve(installing.state);
      installing.addEventListener('statechange', look);
      look();
    }))`);

/** The theme loads the pages that are linked in advance, which fails without a network. */
const tolerated = /\/assets\/(?!verify)[\w-]+\.md\./;

function offline(visit: Visit, shown = examples): void {
  test('says that it works offline, then does, and stores nothing of what it checks', async () => {
    await visit.open(
      PAGE,
      async (page) => {
        await words(page).waitFor();
        const before = await stored(page);
        serve(visit, undefined);
        await page.reload();
        await words(page).waitFor();
        for (const { name } of shown) {
          await page.locator('.checker').getByRole('link', { name, exact: true }).click();
          await page.locator('.results .verdict h2').first().waitFor();
          await page.locator('.results[aria-busy="false"]').waitFor();
        }
        expect(await stored(page)).toEqual(before);
        await page.goto(`${visit.site.home}/verify`);
        await words(page).waitFor();
      },
      { tolerated },
    );
  });
}

inBrowser(
  'the page that checks, in Firefox',
  (visit) =>
    offline(
      visit,
      examples.filter(({ id }) => id === 'conway' || id === 'log'),
    ),
  'firefox',
);

inBrowser('the page that checks', (visit) => {
  offline(visit);

  test('does not say that it works offline while a file is missing, or is of another build', async () => {
    for (const change of [(text: string) => `${text} `, undefined]) {
      serve(visit, otherSite('examples/certificate.json', change));
      await visit.open(PAGE, async (page) => {
        expect(await installed(page)).toBe('redundant');
        expect(await words(page).count()).toBe(0);
        expect(Object.values(await stored(page)).flat()).toEqual([]);
      });
    }
  });

  test('replaces what it keeps by a new build', async () => {
    await visit.open(
      PAGE,
      async (page) => {
        await words(page).waitFor();
        const [before = ''] = Object.keys(await stored(page));
        const folder = otherSite('verify.html', (text) => text.replace('<html', '<html data-new'));
        writeServiceWorker({ outDir: folder, site: { base: baseOfSite() } });
        serve(visit, folder);
        await page.reload();
        await page.evaluate(`new Promise((resolve) => {
          const look = async () =>
            (await caches.has(${JSON.stringify(before)})) ? requestAnimationFrame(look) : resolve();
          look();
        })`);
        expect(Object.keys(await stored(page))).toHaveLength(1);
        serve(visit, undefined);
        await page.reload();
        await page.locator('html[data-new]').waitFor({ state: 'attached' });
      },
      { tolerated },
    );
  });
});
