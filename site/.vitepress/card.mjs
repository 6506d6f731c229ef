// The picture that other sites show beside a link to this one: the sentence and the thief, drawn by Chromium.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumPath } from './chromium.mjs';

/** The size of a card, in pixels. */
export const cardSize = { width: 1200, height: 630 };

/** @param {string} folder into which `card.png` is written */
export async function drawCard(folder) {
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? '',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ viewport: cardSize });
    await page.setContent(card());
    await page.evaluate('document.fonts.ready');
    await page.screenshot({ path: join(folder, 'card.png') });
  } finally {
    await browser.close();
  }
}

function card() {
  const font = createRequire(import.meta.url).resolve(
    '@fontsource/space-grotesk/files/space-grotesk-latin-600-normal.woff2',
  );
  const text = (/** @type {string} */ path) => readFileSync(new URL(path, import.meta.url), 'utf8');
  return `<!doctype html><style>
    @font-face { font-family: face; src: url(data:font/woff2;base64,${readFileSync(font).toString('base64')}); }
    body { margin: 0; padding: 60px 70px; background: #f5f3ee; color: #17202b; font: 34px system-ui, sans-serif; }
    header { display: flex; gap: 20px; align-items: center; font: 40px face; }
    header svg { width: 60px; }
    h1 { margin: 24px 0 30px; font: 84px face; letter-spacing: -3px; }
    body > svg { width: 640px; border-radius: 16px; }
  </style><header>${text('../pages/public/icon.svg')} evolock</header>
  <h1>Keys that forget</h1>${text('../../docs/drawings/thief.svg')}`;
}
