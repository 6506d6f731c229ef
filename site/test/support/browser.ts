/** Headless browsers of the system. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium, firefox, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { browserPaths } from '../../.vitepress/browsers.mjs';
import { serveSite, type Site } from './site.js';

/** What a page is opened with. */
export interface View {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** A processor and a network as of a cheap phone. Chromium only. */
  readonly isSlow?: boolean;
  /** Errors of the page that are expected. */
  readonly tolerated?: RegExp;
}

/** The network of a slow phone. */
export const slowNetwork = { secondsOfRoundTrip: 0.15, bytesPerSecond: 200_000 };

/** The site in a browser. */
export interface Visit {
  readonly site: Site;
  /**
   * Opens a page, runs the visitor, and closes it. Fails when the page asked for anything that is not below the site, or
   * reported an error.
   */
  open(path: string, visitor: (page: Page) => Promise<void>, view?: View): Promise<void>;
}

/** Tests in a browser. Without it they are skipped, with the reason as their name. */
export function inBrowser(
  name: string,
  tests: (visit: Visit) => void,
  kind: keyof typeof browserPaths = 'chromium',
): void {
  const executablePath = browserPaths[kind];
  if (executablePath === undefined) {
    test.skipIf(true)(`${name}: there is no ${kind} in PATH`, () => {});
    return;
  }
  describe(name, () => {
    let site: Site;
    let browser: Browser;
    beforeAll(async () => {
      site = await serveSite();
      browser = await starters[kind](executablePath);
    });
    afterAll(async () => {
      await browser?.close();
      await site?.close();
    });
    tests({
      get site() {
        return site;
      },
      open: (path, visitor, view) => visited(browser, site, path, visitor, view),
    });
  });
}

async function visited(
  browser: Browser,
  { home }: Site,
  path: string,
  visitor: (page: Page) => Promise<void>,
  { width = 1_280, colorScheme = 'light', isSlow = false, tolerated = /^$/ }: View = {},
): Promise<void> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
  const problems: string[] = [];
  try {
    const page = await context.newPage();
    context.on('request', (request) => {
      if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(`${home}/`))
        problems.push(`${page.url()}: a request to ${request.url()}`);
    });
    page.on('console', (message) => {
      if (message.type() === 'error')
        problems.push(`console: ${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => problems.push(`${page.url()}: ${String(error)}`));
    if (isSlow) await slowDown(page);
    await page.goto(`${home}${path}`);
    await hydrated(page);
    await visitor(page);
    const unexpected = problems.filter((each) => !tolerated.test(each));
    if (unexpected.length > 0) throw new Error(unexpected.join('\n'));
  } finally {
    await context.close();
  }
}

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 1_000 * slowNetwork.secondsOfRoundTrip,
    downloadThroughput: slowNetwork.bytesPerSecond,
    uploadThroughput: slowNetwork.bytesPerSecond,
  });
}

/** Waits until the scripts of a page have taken over its elements. A page of the API reference has no such elements. */
export async function hydrated(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const look = () => {
      const app = document.querySelector('#app');
      app === null || app.__vue_app__ ? resolve() : requestAnimationFrame(look);
    };
    look();
  })`);
}

/** They start a browser with a new profile and without requests of its own. */
const starters: Record<keyof typeof browserPaths, (executablePath: string) => Promise<Browser>> = {
  chromium: (executablePath) =>
    chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    }),
  // This channel is Firefox as Mozilla builds it, over WebDriver BiDi. playwright-core 1.65 sends a command that Firefox ESR
  // 153 does not know.
  firefox: (executablePath) => firefox.launch({ executablePath, channel: 'moz-firefox' }),
};

/** Changes to the dark theme at once: without the wish for less motion its colours fade in. */
export async function toDark(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.locator('html.dark').waitFor();
}

/** The script of axe-core. */
export const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/**
 * Barriers for people with a disability, found by axe-core: one line for each element that breaks a rule.
 *
 * @param rules - Which rules are tried: by itself axe-core tries all.
 */
export async function barriers(
  page: Page,
  { only, without = [] }: { only?: readonly string[]; without?: readonly string[] } = {},
): Promise<string[]> {
  if (await page.evaluate("!('axe' in window)"))
    await page.addScriptTag({ content: await readFile(axe, 'utf8') });
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const options = { resultTypes: ['violations'], rules, ...(only && { runOnly: only }) };
  return page.evaluate(`axe.run(${JSON.stringify(options)}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html, any }) =>
      id + ': ' + html.slice(0, 200) + ' ' + any.map(({ message }) => message).join(' '))))`);
}
