// @ts-check
// The published packages, as the menus of the site order them, and what programs import from them.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ladder, scope } from '../../internal/tooling/src/ladder/ladder.mjs';

const groups = [
  { text: 'Programs and logs', names: ['kes-cli', 'sealed-log'] },
  { text: 'Keys of Cardano', names: ['cardano-kes', 'kes-agent', 'cardano-dmq'] },
  { text: 'Evolving keys', names: ['kes-sum', 'kes-single', 'dsign-ed25519', 'vrf-praos'] },
  { text: 'Verification', names: ['cardano-headers', 'kes-verify', 'verify-threads'] },
  {
    text: 'Locked memory',
    names: ['mlocked-seed', 'mlocked-bytes', 'direct-serialise-io', 'direct-serialise'],
  },
  { text: 'Tests', names: ['test-vectors', 'memory-scan'] },
];

/** Their names without scope, from the upper layers to the lower ones. */
export const published = groups.flatMap(({ names }) => names);

const missing = ladder.filter(
  ({ name, isPrivate }) => isPrivate === undefined && !published.includes(name),
);
if (missing.length > 0)
  throw new Error(`no group has ${missing.map(({ name }) => name).join(', ')}`);

/** The repository. */
export const root = new URL('../../', import.meta.url);

/** @type {{ compilerOptions: { paths: Record<string, [string]> } }} */
const { compilerOptions } = JSON.parse(readFileSync(new URL('tsconfig.json', root), 'utf8'));

/** The modules of threads export nothing. */
const withoutExports = [`${scope}verify-threads/worker`, `${scope}cardano-kes/header-worker`];

/** The names of all imports, each with its source. */
export const imports = Object.entries(compilerOptions.paths)
  .filter(([name]) => !withoutExports.includes(name))
  .map(([name, [file]]) => ({ name, file: fileURLToPath(new URL(file, root)) }));

/**
 * @param {string} name of an import
 * @returns {string | undefined} its package, without scope
 */
export function packageOf(name) {
  return name.slice(scope.length).split('/')[0];
}

/** @param {(name: string) => import('vitepress').DefaultTheme.SidebarItem[]} itemsOf a package */
export const sidebarOf = (itemsOf) =>
  groups.map(({ text, names }) => ({ text, items: names.flatMap(itemsOf) }));

/** Writes a page for each package, which includes its README: the search finds pages of files only. */
export function writePages() {
  for (const name of published)
    writeFileSync(
      new URL(`site/pages/packages/${name}.md`, root),
      `<!--@include: ../../../packages/${name}/README.md-->\n`,
    );
}
