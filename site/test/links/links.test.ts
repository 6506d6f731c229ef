// Links of the site: those of the built pages, and those of the documents that the guides include.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { linkOnSite } from '../../.vitepress/repository-links.mjs';
import { linksOf } from '../../.vitepress/site-links.mjs';

test('the check of the built pages finds links that lead nowhere or away from a page of the site, and lists those to other hosts', () => {
  const dist = mkdtempSync(join(tmpdir(), 'dist-'));
  onTestFinished(() => rmSync(dist, { recursive: true }));
  const host = 'https://github.com/evolock/evolock/blob/main';
  const pages = {
    'index.html': `<a href="./sub/page.html#here"></a> <a href="/base/sub/"></a> <img src="/base/gone.svg">
      <a href="/sub/page.html"></a> <a href="#gone"></a> <a href="https://example.org/?a=1&amp;b=2"></a>`,
    'sub/page.html': `<h2 id="here"></h2> <a href="../index.html"></a> <a href="../index.html#gone"></a>
      <a href="${host}/README.md#limits"></a> <a href="${host}/GONE.md"></a>
      <a href="${host}/docs/KEY_LIFE.md#words"></a>`,
    'sub/index.html':
      '<a href="page.html"></a> <a class="x" href="gone.html"></a> &lt;a href="code"',
  };
  mkdirSync(join(dist, 'sub'), { recursive: true });
  for (const [name, text] of Object.entries(pages)) writeFileSync(join(dist, name), text);
  expect(linksOf(dist, '/base/', Object.keys(pages))).toEqual({
    broken: [
      'index.html: /sub/page.html',
      'index.html: #gone',
      'index.html: /base/gone.svg',
      'sub/page.html: ../index.html#gone',
      `sub/page.html: ${host}/GONE.md`,
      `sub/page.html: ${host}/docs/KEY_LIFE.md#words`,
      'sub/index.html: gone.html',
    ],
    external: ['https://example.org/?a=1&b=2'],
  });
});

test.each([
  ['docs/KEY_LIFE.md', 'KES_AGENT.md#limits', '/guide/agent-protocol#limits'],
  ['docs/KEY_LIFE.md', 'measured/proof.md', '/guide/scans'],
  ['docs/measured/performance.md', '../KEY_LIFE.md', '/guide/key-life'],
  ['docs/KEY_LIFE.md', '../site/pages/tree.md', '/tree'],
  ['docs/KEY_LIFE.md', '#words', '#words'],
  ['docs/KEY_LIFE.md', 'https://example.org/a', 'https://example.org/a'],
  ['docs/KEY_LIFE.md', 'https://evolock.github.io/evolock/verify.html', '/verify.html'],
  [
    'docs/KEY_LIFE.md',
    '../examples/service.ts',
    'https://github.com/evolock/evolock/blob/main/examples/service.ts',
  ],
  ['docs/KEY_LIFE.md', '../packages/kes-sum#errors', '/packages/kes-sum#errors'],
  ['docs/PACKAGES.md', '../packages/kes-sum/README.md', '/packages/kes-sum'],
  ['packages/kes-sum/README.md', '../kes-single#errors', '/packages/kes-single#errors'],
  [
    'docs/AGENT_GUIDE.md',
    '../packages/kes-cli/deploy',
    'https://github.com/evolock/evolock/tree/main/packages/kes-cli/deploy',
  ],
])('in %s, the link %s leads to %s', (document, target, expected) => {
  expect(linkOnSite(target, document)).toBe(expected);
});
