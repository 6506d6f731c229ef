// @ts-check
// The picture that other sites show beside a link to this one: the sentence and the thief, drawn by Chromium.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { browserPaths } from './browsers.mjs';

/** In pixels. */
const cardSize = { width: 1200, height: 630 };

/** @param {string} folder into which `card.png` is written; nothing is without a browser */
export async function drawCard(folder) {
  if (browserPaths.chromium === undefined) {
    console.log('no Chromium in PATH: the site has no preview card, and its pages no og:image');
    return;
  }
  const browser = await chromium.launch({
    executablePath: browserPaths.chromium,
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
    '@fontsource/space-grotesk/files/space-grotesk-latin-700-normal.woff2',
  );
  const mark = fileURLToPath(new URL('../pages/public/icon.svg', import.meta.url));
  const thief = fileURLToPath(new URL('../../docs/drawings/thief.svg', import.meta.url));
  return `<!doctype html><style>
    @font-face { font-family: face; src: url(${inlined(font, 'font/woff2')}); }
    body { margin: 0; padding: 60px 70px; background: #f5f3ee; color: #17202b; font: 34px/46px system-ui, sans-serif; }
    header, main { display: flex; gap: 20px; align-items: center; font-family: face; }
    h1 { margin: 24px 0 30px; font: 84px face; letter-spacing: -3px; }
    main { gap: 50px; }
    main img { border-radius: 16px; }
  </style><header><img width="60" src="${inlined(mark, 'image/svg+xml')}">evolock</header>
  <h1>Keys that forget</h1>
  <main><img width="640" src="${inlined(thief, 'image/svg+xml')}">
  <p>A key that is stolen today cannot sign for yesterday.</p></main>`;
}

/** @param {string} file @param {string} type */
function inlined(file, type) {
  return `data:${type};base64,${readFileSync(file).toString('base64')}`;
}
