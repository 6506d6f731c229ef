// @ts-check
// The links of the Markdown pages of the repository, as the code host shows them.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import MarkdownIt from 'markdown-it';

/** The address of the repository at the code host. */
export const host = 'https://github.com/evolock/evolock';

const parser = new MarkdownIt({ html: true });

/**
 * @param {string} root the repository
 * @returns {string[]} its Markdown pages, without generated ones
 */
export function markdownPages(root) {
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory())
      return entry.name.endsWith('.md') && entry.name !== 'CHANGELOG.md' ? [entry.name] : [];
    if (/^(?:\..*|node_modules|dist|public)$/.test(entry.name)) return [];
    return markdownPages(`${root}/${entry.name}`).map((page) => `${entry.name}/${page}`);
  });
}

/**
 * @param {string} root the repository
 * @param {string} page relative to it
 * @returns {string[]} the links that lead nowhere, each as it is written
 */
export function brokenLinks(root, page) {
  return pageOf(readFileSync(`${root}/${page}`, 'utf8')).targets.filter((target) => {
    const place = placeOf(target, page);
    return place !== undefined && !exists(root, place);
  });
}

/** @typedef {{ path: string, anchor: string }} Place a file relative to the repository, and an anchor, which may be empty */

/**
 * @param {string} target of a link
 * @param {string} page on which it stands, relative to the repository
 * @returns {Place | undefined} the file of the repository that it leads to; nothing for another host
 */
export function placeOf(target, page) {
  const own = new RegExp(`^${host}/(?:blob|tree)/main/`).exec(target);
  if (own === null && /^\w+:/.test(target)) return undefined;
  const [path = '', anchor = ''] = (own === null ? target : target.slice(own[0].length)).split('#');
  const from = own === null ? posix.dirname(page) : '.';
  return {
    path: path === '' && own === null ? page : posix.join(from, decodeURIComponent(path)),
    anchor: decodeURIComponent(anchor),
  };
}

/**
 * Whether the repository has this file, and the file this anchor.
 *
 * @param {string} root
 * @param {Place} place
 */
export function exists(root, { path, anchor }) {
  const file = `${root}/${path}`;
  if (path.startsWith('..') || !existsSync(file)) return false;
  if (anchor === '') return true;
  const page = statSync(file).isDirectory() ? `${file}/README.md` : file;
  // The code host numbers the lines of other files.
  if (!page.endsWith('.md')) return /^L\d+$/.test(anchor);
  return existsSync(page) && pageOf(readFileSync(page, 'utf8')).anchors.has(anchor);
}

/**
 * Its id at the code host.
 *
 * @param {string} title of a heading
 */
export function anchorOf(title) {
  return title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

/**
 * What it links to, and its ids.
 *
 * @param {string} text Markdown
 */
function pageOf(text) {
  const tokens = parser.parse(text, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  /**
   * The values of an attribute, in Markdown and in HTML within it.
   *
   * @param {string} name
   */
  const attributes = (name) =>
    tokens.flatMap((token) => {
      const html = token.type.startsWith('html_') ? token.content : '';
      const found = [...html.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))];
      return [token.attrGet(name) ?? [], found.map(([, value = '']) => value)].flat();
    });
  /** @type {Map<string, number>} */
  const seen = new Map();
  const headings = tokens.flatMap((token, at) => {
    if (token.type !== 'heading_open') return [];
    const parts = tokens[at + 1]?.children ?? [];
    const words = parts.filter(({ type }) => type === 'text' || type === 'code_inline');
    const anchor = anchorOf(words.map(({ content }) => content).join(''));
    // A title that was there before gets a number.
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
  return {
    targets: [...attributes('href'), ...attributes('src')],
    anchors: new Set([...headings, ...attributes('id')]),
  };
}
