// Finds links of the Markdown pages of the repository that lead nowhere.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { pageOf } from './markdown.mjs';

/** The address of the repository at the code host. */
export const host = 'https://github.com/evolock/evolock';

/**
 * @param {string} root the repository
 * @returns {string[]} its Markdown pages, without generated ones
 */
export function markdownPages(root) {
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) {
      const isGenerated = /^(?:\..*|node_modules|dist|coverage|public)$/.test(entry.name);
      if (isGenerated) return [];
      return markdownPages(`${root}/${entry.name}`).map((page) => `${entry.name}/${page}`);
    }
    return entry.name.endsWith('.md') && entry.name !== 'CHANGELOG.md' ? [entry.name] : [];
  });
}

/**
 * @param {string} root the repository
 * @param {string} page relative to it
 * @returns {string[]} what its links lead to and does not exist, each as it is written
 */
export function brokenLinks(root, page) {
  const { targets } = pageOf(readFileSync(`${root}/${page}`, 'utf8'));
  return targets.filter((target) => {
    const place = placeOf(target, page);
    return place !== undefined && !exists(root, place);
  });
}

/**
 * @typedef {object} Place
 * @property {string} path relative to the repository
 * @property {string} anchor empty without one
 */

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
 * @param {string} root the repository
 * @param {Place} place
 * @returns {boolean} whether the repository has this file, and the file this anchor
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
