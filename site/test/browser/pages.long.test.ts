import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { loadedBy } from '../../.vitepress/offline.mjs';
import { axe, barriers, hydrated, inBrowser, slowNetwork, toDark } from '../support/browser.js';
import { baseOfSite, bytesOfSite, pagesOfSite, textOfSite } from '../support/site.js';

/** Rules of axe-core on what a theme changes. */
const colours = ['color-contrast', 'link-in-text-block'];

/** The pages of the reference are made of the same parts, so the colours of these alone are looked at. */
const ofReference = ['/api/index.html', '/api/kes-verify.html'];

inBrowser('every page of the site', (visit) => {
  test('loads from its own host only, without an error; fits a phone, a tablet and a desk; has no barrier in both themes', async () => {
    await visit.open('/index.html', async (page) => {
      await page.addInitScript({ path: axe });
      for (const path of pagesOfSite()) {
        const isPart = path.startsWith('/api/') && !ofReference.includes(path);
        await page.emulateMedia({ colorScheme: 'light' });
        await page.goto(`${visit.site.home}${path}`);
        await hydrated(page);
        expect(await page.locator('h1').count()).toBe(1);
        expect(await page.getAttribute('html', 'lang')).toBe('en-GB');
        expect(await page.title()).toMatch(/evolock/);
        for (const width of [360, 768, 1_280]) {
          await page.setViewportSize({ width, height: 800 });
          const widest = await page.evaluate('document.documentElement.scrollWidth');
          expect([path, widest]).toEqual([path, width]);
          expect([path, width, await page.evaluate(hidden)]).toEqual([path, width, []]);
        }
        expect([path, await barriers(page, isPart ? { without: colours } : {})]).toEqual([
          path,
          [],
        ]);
        if (isPart) continue;
        await toDark(page);
        expect([path, await barriers(page, { only: colours })]).toEqual([path, []]);
      }
    });
    // A busy machine takes some seconds for each page.
  }, 3_600_000);

  test('finds packages and guides before the reference, and a function by its name', async () => {
    await visit.open('/index.html', async (page) => {
      await page.getByRole('button', { name: 'Search' }).click();
      const first = page.getByRole('option').first().locator('a');
      for (const [word, expected] of [
        ['kes-verify', '/packages/'],
        ['cardano-kes', '/packages/'],
        ['certificate', '/guide/'],
        ['verifyHeader', '/api/cardano-headers.html#verifyheader'],
      ] as const) {
        await page.getByRole('searchbox').fill(word);
        const href = () => first.getAttribute('href');
        await expect.poll(href, { timeout: 30_000 }).toContain(expected);
      }
      await first.click();
      await page.waitForURL(/\/api\/.*#verifyheader$/);
      await page.getByRole('heading', { name: 'verifyHeader' }).waitFor();
    });
  });

  test('leads from the menu to the reference, to a package of its list, and to the start', async () => {
    await visit.open('/guide/key-life.html', async (page) => {
      await page.click('nav >> text=API');
      await page.waitForURL('**/api/');
      await page.click('main >> text="@evolock/kes-sum"');
      await page.waitForURL('**/api/kes-sum.html');
      await page.click('aside >> text="cardano-kes: type aliases"');
      await page.waitForURL('**/api/cardano-kes/type-aliases.html');
      await page.click('header >> text=evolock');
      await page.getByRole('heading', { name: 'Keys that forget' }).waitFor();
    });
  });

  test('cannot send anything to another host', async () => {
    const sent = visit.open('/verify.html', async (page) => {
      await page.evaluate("fetch('http://127.0.0.1:9/').catch(() => {})");
    });
    await expect(sent).rejects.toThrow('Content Security Policy');
  });

  test('states its one address, which the sitemap has, its card, its build and the licence of its font', async () => {
    const map = textOfSite('sitemap.xml');
    for (const path of pagesOfSite().filter((each) => each !== '/404.html')) {
      const text = textOfSite(path);
      const [, address] = /<link rel="canonical" href="([^"]*)"/.exec(text) ?? [];
      expect(address).toMatch(new RegExp(`/evolock${path.replace(/index\.html$/, '')}$`));
      expect(map).toContain(`<loc>${address}</loc>`);
      for (const name of ['og:title', 'og:description', 'og:image'])
        expect([path, name, text.includes(`property="${name}"`)]).toEqual([path, name, true]);
      expect(text).toContain('name="twitter:card"');
      expect(text).toMatch(/evolock \d+\.\d+\.\d+, site of \d{4}-\d\d-\d\d/);
      expect(text).toContain(`href="${baseOfSite()}space-grotesk-licence.txt"`);
    }
    expect(textOfSite('space-grotesk-licence.txt')).toContain('SIL Open Font License');
  });

  test('shows its largest content within 1.2 s on a slow phone, by the bytes that this needs', async () => {
    const late = pagesOfSite().map((path) => ({ path, seconds: secondsToPaint(path) }));
    expect(late.filter(({ seconds }) => seconds >= 1.2)).toEqual([]);
    for (const path of ['/index.html', '/verify.html', '/guide/start.html', '/api/kes-sum.html'])
      await visit.open(
        path,
        async (page) => {
          const milliseconds = await page.evaluate<number>(`new Promise((resolve) =>
            new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
              .observe({ type: 'largest-contentful-paint', buffered: true }))`);
          // It depends on what else the machine does, so it is a figure to read.
          console.log(
            `${path}: largest content after ${Math.round(milliseconds)} ms, with a processor of a fourth`,
          );
        },
        { width: 360, isSlow: true },
      );
  });

  test('needs less than 112 kB to be shown, compressed, fonts included', () => {
    const pages = pagesOfSite().map((path) => ({ path, bytes: weightOf(path) }));
    expect(pages.filter(({ bytes }) => bytes >= 112_000)).toEqual([]);
  });

  test('loads less than 60 kB for the worker of the page that checks, which starts when the page is idle, and keeps less than 235 kB for a visit without a network', async () => {
    const [, list = ''] = /^const kept = (.*);$/m.exec(textOfSite('service-worker.js')) ?? [];
    const kept = (JSON.parse(list) as [file: string, hash: string][]).map(([file]) => file);
    const workers = kept.filter((file) => file.startsWith('assets/worker-'));
    expect(workers).toHaveLength(1);
    expect(compressedSize(workers[0]!)).toBeLessThan(60_000);
    // 12 kB of it are what shows a log and saves a report, which is loaded after a verdict only.
    expect(kept.reduce((sum, file) => sum + compressedSize(file), 0)).toBeLessThan(235_000);
  });
});

/** The texts of tables and of code that are wider than their place, and of lines of code below a copy button. */
const hidden = `[...document.querySelectorAll('.vp-doc table, .vp-doc button.copy ~ pre')]
  .filter((each) => {
    const button = each.parentElement.querySelector('button.copy')?.getBoundingClientRect();
    if (button?.width === 0) return false;
    const lines = [...each.querySelectorAll('.line')].flatMap((line) => [...line.getClientRects()]);
    return (
      each.scrollWidth > each.clientWidth ||
      lines.some(({ right, top }) => right > button.left && top < button.bottom)
    );
  }).map(({ textContent }) => textContent)`;

/** Round trips before the first paint: the name of the host, TCP, TLS, the page, its styles. */
const ROUND_TRIPS = 5;

/**
 * The network's part of the time until a page is painted: its text, its styles, and the scripts that are as urgent. A font
 * is not waited for.
 */
function secondsToPaint(path: string): number {
  const text = textOfSite(path);
  const urgent = text.replaceAll(/<[^>]* fetchpriority="low"[^>]*>/g, '');
  const files = loadedBy(urgent, path, baseOfSite()).filter((file) => /\.(?:css|js)$/.test(file));
  const bytes = [path, ...files].reduce((sum, file) => sum + gzipSync(bytesOfSite(file)).length, 0);
  return ROUND_TRIPS * slowNetwork.secondsOfRoundTrip + bytes / slowNetwork.bytesPerSecond;
}

/** A font is compressed already. */
function compressedSize(path: string): number {
  const content = bytesOfSite(path);
  return path.endsWith('.woff2') ? content.length : gzipSync(content).length;
}

const weights = new Map<string, number>();

/** The compressed size of a file of the site, and of all that it loads at once. */
function weightOf(path: string): number {
  const known = weights.get(path);
  if (known !== undefined) return known;
  const loaded = loadedBy(textOfSite(path), path, baseOfSite());
  const weight = loaded.reduce((sum, one) => sum + weightOf(one), compressedSize(path));
  weights.set(path, weight);
  return weight;
}
