import { expect, test } from 'vitest';
import { inBrowser } from '../support/browser.js';

inBrowser('the API reference', (visit) => {
  test.each([
    '/api/index.html',
    '/api/modules/_evolock_kes-sum.html',
    '/api/modules/_evolock_direct-serialise-io_files.html',
    '/api/functions/_evolock_kes-sum.sumKes.html',
    '/api/classes/_evolock_mlocked-seed.MLockedSeed.html',
  ])('%s loads from its own host only, and fits a phone and a desk', async (path) => {
    for (const width of [360, 1_280]) {
      await visit.open(
        path,
        async (page) => {
          const widest = await page.evaluate('document.documentElement.scrollWidth');
          expect(widest).toBe(width);
          expect(await page.locator('h1').count()).toBe(1);
        },
        { width },
      );
    }
  });

  test('is reached from the menu of the site, and leads back', async () => {
    await visit.open('/guide/key-life.html', async (page) => {
      await page.click('nav >> text=API');
      await page.waitForURL('**/api/index.html');
      await page.click('text=evolock: guides');
      await page.waitForURL(({ pathname }) => pathname === '/index.html');
      expect(await page.textContent('h1')).toContain('Keys that forget');
    });
  });

  test('finds a name', async () => {
    await visit.open('/api/index.html', async (page) => {
      await page.click('#tsd-search-trigger');
      await page.fill('#tsd-search-input', 'sum6Kes');
      await page.click('#tsd-search-results a[href$="/_evolock_kes-sum.sum6Kes.html"]');
      await page.waitForURL('**/api/variables/_evolock_kes-sum.sum6Kes.html');
    });
  });
});
