// @ts-check
// The first use of a term in a document leads to the glossary.
import { readFileSync } from 'node:fs';
import { anchorOf } from '../../internal/tooling/src/links.mjs';

const text = readFileSync(new URL('../../docs/GLOSSARY.md', import.meta.url), 'utf8');

/** The longest first, so that a term is found whole. */
const terms = [...text.matchAll(/^## (.*)$/gm)]
  .map(([, term = '']) => ({
    address: `/guide/glossary#${anchorOf(term)}`,
    pattern: new RegExp(`(?<![\\w-])${term}s?(?![\\w-])`, /[A-Z]{2}/.test(term) ? '' : 'i'),
  }))
  .sort((one, other) => other.pattern.source.length - one.pattern.source.length);

/** @param {import('vitepress').MarkdownRenderer} md */
export function glossaryLinks(md) {
  md.core.ruler.push('glossary', ({ tokens, env, Token }) => {
    const { relativePath } = /** @type {import('vitepress').MarkdownEnv} */ (env);
    if (/^(?:api\/|index\.md|guide\/glossary\.md)/.test(relativePath)) return;
    const left = new Set(terms);
    tokens.forEach((token, index) => {
      if (token.type !== 'inline' || tokens[index - 1]?.type !== 'paragraph_open') return;
      let isLink = false;
      token.children = (token.children ?? []).flatMap((child) => {
        if (child.type.startsWith('link_')) isLink = child.type === 'link_open';
        return child.type === 'text' && !isLink ? linked(child) : [child];
      });
    });

    /** @param {typeof tokens[number]} child @returns {typeof tokens} */
    function linked(child) {
      for (const term of left) {
        const found = term.pattern.exec(child.content);
        if (found === null) continue;
        left.delete(term);
        const [word] = found;
        const open = Object.assign(new Token('link_open', 'a', 1), {
          attrs: [
            ['href', term.address],
            ['class', 'term'],
          ],
        });
        return [
          ...linked(textOf(child.content.slice(0, found.index))),
          open,
          textOf(word),
          new Token('link_close', 'a', -1),
          ...linked(textOf(child.content.slice(found.index + word.length))),
        ];
      }
      return [child];
    }

    /** @param {string} content */
    function textOf(content) {
      return Object.assign(new Token('text', '', 0), { content });
    }
  });
}
