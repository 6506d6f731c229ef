// Every entry point that users can import, read from the manifests.
import { readFileSync } from 'node:fs';
import { ladder, scope } from '../../tooling/src/ladder/ladder.mjs';

/**
 * @typedef {{ specifier: string, namespace: Record<string, unknown> }} EntryPoint
 */

/**
 * @param {string} name
 * @returns {string[]} what `name` exports that can be called
 */
function specifiersOf(name) {
  const manifest = new URL(`../../../packages/${name}/package.json`, import.meta.url);
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8'));
  return Object.keys(exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => scope + name + path.slice(1));
}

// A package with a folder of its own is a private workspace, which users do not import.
const published = ladder.filter(({ folder }) => folder === undefined);

const specifiers = published.flatMap(({ name }) => specifiersOf(name));

/** @type {readonly EntryPoint[]} */
export const entryPoints = await Promise.all(
  specifiers.map(async (specifier) => ({ specifier, namespace: await import(specifier) })),
);
