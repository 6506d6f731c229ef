// @ts-check
// The guides are documents of the repository, included by the pages. Their links lead to files of the repository: on the
// site, to the page that includes the file, or else to the file at the code host.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { host, placeOf } from '../../internal/tooling/src/links.mjs';
import { published } from './packages.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = join(root, 'site/pages');

/** The address of the site, for readers of the repository. */
const home = 'https://evolock.github.io/evolock/';

/** The address on the site of each document, page and package, by its path in the repository. */
export const addresses = new Map([
  ...published.flatMap((name) =>
    [`packages/${name}`, `packages/${name}/README.md`].map(
      (path) => /** @type {const} */ ([path, `/packages/${name}`]),
    ),
  ),
  ...readdirSync(pages, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => {
      const address = `/${name.replaceAll('\\', '/').replace(/\.md$/, '')}`;
      const [, included] =
        /@include: ([^\s{]+).*?-->/.exec(readFileSync(join(pages, name), 'utf8')) ?? [];
      const sources = included === undefined ? [] : [join(pages, dirname(name), included)];
      return [join(pages, name), ...sources].map(
        (file) => /** @type {const} */ ([pathOf(file), address]),
      );
    }),
]);

/**
 * @param {string} file
 * @returns {string} its path in the repository
 */
function pathOf(file) {
  return relative(root, file).replaceAll('\\', '/');
}

/** @param {import('vitepress').MarkdownRenderer} md */
export function repositoryLinks(md) {
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    const { includes: [source] = [] } = /** @type {import('vitepress').MarkdownEnv} */ (env);
    if (source === undefined) return;
    const page = pathOf(source);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type === 'link_open') change(token, 'href', (target) => linkOnSite(target, page));
      if (token.type === 'image') change(token, 'src', (target) => imageOf(target, page, env.path));
    }
  });
}

/**
 * @param {{ attrGet(name: string): string | null, attrSet(name: string, value: string): void }} token
 * @param {string} name
 * @param {(value: string) => string} change
 */
function change(token, name, change) {
  token.attrSet(name, change(token.attrGet(name) ?? ''));
}

/**
 * @param {string} target of a link
 * @param {string} page the document on which it stands
 * @returns {string} the same for a reader of the site
 */
export function linkOnSite(target, page) {
  if (target === `${home}api/`) return `/api/${/^packages\/([^/]*)/.exec(page)?.[1] ?? ''}`;
  if (target.startsWith(home)) return target.slice(home.length - 1);
  const place = placeOf(target, page);
  if (place === undefined || target.startsWith('#')) return target;
  const anchor = place.anchor === '' ? '' : `#${place.anchor}`;
  const address = addresses.get(place.path);
  if (address !== undefined) return address + anchor;
  const kind = statSync(join(root, place.path)).isDirectory() ? 'tree' : 'blob';
  return `${host}/${kind}/main/${place.path}${anchor}`;
}

/**
 * @param {string} target of an image
 * @param {string} page the document on which it stands
 * @param {string} including the page of the site
 * @returns {string} the file, from the page of the site
 */
function imageOf(target, page, including) {
  const file = join(root, posix.dirname(page), target);
  return relative(dirname(including), file).replaceAll('\\', '/');
}
