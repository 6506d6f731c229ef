// @ts-check
// Checks the links of the built site, the API reference included: a link that leads nowhere fails the build, and so does one
// to a document of the repository that is a page of the site. Links to other hosts are listed, and not fetched.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exists, placeOf } from '../../internal/tooling/src/links.mjs';
import { addresses } from './repository-links.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const origin = 'http://site';

/**
 * @param {{ outDir: string, cacheDir: string, site: { base: string } }} built
 */
export function checkLinks({ outDir, cacheDir, site: { base } }) {
  const paths = readdirSync(outDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'))
    .map((name) => name.replaceAll('\\', '/'));
  const { broken, external } = linksOf(outDir, base, paths);
  const list = join(cacheDir, 'external-links.txt');
  mkdirSync(cacheDir, { recursive: true });
  writeFileSync(list, `${[...new Set(external)].sort().join('\n')}\n`);
  if (broken.length > 0)
    throw new Error(`links lead nowhere, or away from the site:\n${broken.join('\n')}`);
  console.log(`links of ${paths.length} pages lead somewhere; those to other hosts: ${list}`);
}

/**
 * @param {string} dist the folder of the built site
 * @param {string} base the path below which it is served
 * @param {readonly string[]} paths of its pages, relative to the folder
 * @returns {{ broken: string[], external: string[] }}
 */
export function linksOf(dist, base, paths) {
  /** @type {Map<string, Set<string>>} */
  const anchors = new Map();
  /** @param {string} path */
  const anchorsOf = (path) => {
    const known =
      anchors.get(path) ?? new Set(valuesOf(readFileSync(join(dist, path), 'utf8'), 'id'));
    anchors.set(path, known);
    return known;
  };
  /** @param {URL} url */
  const leadsSomewhere = ({ pathname, hash }) => {
    if (!pathname.startsWith(base)) return false;
    const given = decodeURIComponent(pathname.slice(base.length));
    const path = given === '' || given.endsWith('/') ? `${given}index.html` : given;
    const file = join(dist, path);
    if (!existsSync(file) || statSync(file).isDirectory()) return false;
    return hash === '' || anchorsOf(path).has(decodeURIComponent(hash.slice(1)));
  };
  const broken = [];
  const external = [];
  for (const path of paths) {
    const text = readFileSync(join(dist, path), 'utf8');
    for (const target of [...valuesOf(text, 'href'), ...valuesOf(text, 'src')]) {
      if (/^(?:data|mailto):/.test(target)) continue;
      const url = new URL(target, `${origin}${base}${path}`);
      const place = placeOf(target, path);
      const isOwn = url.origin === origin;
      if (!isOwn && place === undefined) external.push(target);
      else if (
        !(isOwn ? leadsSomewhere(url) : place && !addresses.has(place.path) && exists(root, place))
      )
        broken.push(`${path}: ${target}`);
    }
  }
  return { broken, external };
}

/**
 * @param {string} html
 * @param {string} name of an attribute
 * @returns {string[]} its values in all elements
 */
function valuesOf(html, name) {
  return [...html.matchAll(new RegExp(`<[a-z][^<>]* ${name}="([^"]*)"`, 'g'))].map(
    ([, value = '']) =>
      value.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'"),
  );
}
