// The Markdown pages of the repository, as a reader at the code host sees them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { brokenLinks, markdownPages } from '../src/links/broken-links.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('the pages of the repository', () => {
  // The build of the site checks the links of its pages.
  const pages = markdownPages(root).filter((page) => !page.startsWith('site/pages/'));

  test('are the READMEs and the documents', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['README.md', 'docs/KEY_LIFE.md', 'packages/kes-sum/README.md']),
    );
  });

  test.each(pages)('%s: each link leads to a file, and to an anchor of it', (page) => {
    expect(brokenLinks(root, page)).toEqual([]);
  });
});

describe('a link that leads nowhere is found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'links-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('in text, in an image, in HTML and at the code host, and not in code', () => {
    mkdirSync(join(folder, 'sub'), { recursive: true });
    const host = 'https://github.com/evolock/evolock/blob/main';
    writeFileSync(join(folder, 'other.md'), '# `Code` — and a word\n\n# Twice\n\n# Twice\n');
    writeFileSync(
      join(folder, 'sub/page.md'),
      [
        '[a](../other.md#code--and-a-word) [b](../other.md#twice-1) [c](#here) [d](..)',
        `[e](https://example.org/x) [f](${host}/other.md#twice) \`[g](gone.md)\``,
        '# Here',
        '[h](gone.md) [i](../other.md#twice-2) [j](#gone) ![k](gone.svg)',
        `<img src="gone.png"> [l](${host}/gone.md) [m](../../outside.md)`,
      ].join('\n\n'),
    );
    expect(brokenLinks(folder, 'sub/page.md').sort()).toEqual(
      [
        '#gone',
        '../../outside.md',
        '../other.md#twice-2',
        'gone.md',
        'gone.png',
        'gone.svg',
        `${host}/gone.md`,
      ].sort(),
    );
  });
});
