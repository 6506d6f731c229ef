import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { barriers, inBrowser } from '../support/browser.js';
import { bytesOfSite, filesOfSite, pagesOfSite, textOfSite } from '../support/site.js';

inBrowser('every page of the site', (visit) => {
  test('loads from its own host only, without an error; fits a phone, a tablet and a desk; has no barrier in both themes', async () => {
    for (const path of pagesOfSite()) {
      await visit.open(path, async (page) => {
        expect(await page.locator('h1').count()).toBe(1);
        expect(await page.getAttribute('html', 'lang')).toBe('en-GB');
        expect(await page.title()).toMatch(/evolock/);
        for (const width of [360, 768, 1_280]) {
          await page.setViewportSize({ width, height: 800 });
          const widest = await page.evaluate('document.documentElement.scrollWidth');
          expect([path, widest]).toEqual([path, width]);
        }
        expect([path, await barriers(page)]).toEqual([path, []]);
        await page.emulateMedia({ colorScheme: 'dark' });
        await page.locator('html.dark').waitFor();
        expect([path, await barriers(page)]).toEqual([path, []]);
      });
    }
    // A busy machine takes some seconds for each page.
  }, 3_600_000);

  test('finds a page by a word of it', async () => {
    await visit.open('/index.html', async (page) => {
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByRole('searchbox').fill('certificate');
      await page.getByRole('option').first().click();
      await page.waitForURL(({ pathname }) => pathname !== '/index.html');
    });
  });

  test('cannot send anything to another host', async () => {
    const sent = visit.open('/verify.html', async (page) => {
      await page.evaluate("fetch('http://127.0.0.1:9/').catch(() => {})");
    });
    await expect(sent).rejects.toThrow('Content Security Policy');
  });

  test('names no other host in what it loads', async () => {
    for (const file of filesOfSite('.html')) {
      const text = await textOfSite(file);
      const loads = text.match(
        /<(?:script|link(?! rel="canonical")|img|iframe|source|video)\b[^>]*https?:[^>]*>/g,
      );
      expect([file, loads]).toEqual([file, null]);
    }
    for (const file of filesOfSite('.css')) {
      expect(await textOfSite(file)).not.toMatch(/@import|url\(\s*["']?(?:https?:)?\/\//);
    }
  });

  test('needs less than 110 kB to be shown, compressed, fonts included', () => {
    const pages = pagesOfSite().map((path) => ({ path, bytes: weightOf(path) }));
    expect(pages.filter(({ bytes }) => bytes >= 110_000)).toEqual([]);
  });
});

const weights = new Map<string, number>();

/** The compressed size of a file of the site, and of all that it loads at once. */
function weightOf(path: string): number {
  const known = weights.get(path);
  if (known !== undefined) return known;
  const content = bytesOfSite(path);
  // A font is compressed already.
  const own = path.endsWith('.woff2') ? content.length : gzipSync(content).length;
  const weight = loadedBy(path, content.toString()).reduce((sum, one) => sum + weightOf(one), own);
  weights.set(path, weight);
  return weight;
}

function loadedBy(path: string, text: string): string[] {
  const found = path.endsWith('.css')
    ? text.matchAll(/url\((\/[^)]*)\)/g)
    : path.endsWith('.html')
      ? text.matchAll(/<(?:script|img|link)\b[^>]*? (?:src|href)="(\/[^"]*)"/g)
      : [];
  return [...new Set([...found].map(([, target = '']) => target))];
}
