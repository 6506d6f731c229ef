// Every entry point that users can import, read from the manifests.
import { readFileSync } from 'node:fs';
import { ladder, scope } from '../../../tooling/src/ladder/ladder.mjs';
import { manifestOf } from '../places.js';

export interface EntryPoint {
  specifier: string;
  namespace: Record<string, unknown>;
}

/** @returns what `name` exports that can be called */
function specifiersOf(name: string): string[] {
  const { exports } = JSON.parse(readFileSync(manifestOf(name), 'utf8')) as {
    exports: Record<string, unknown>;
  };
  return Object.keys(exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => scope + name + path.slice(1));
}

// A package with a folder of its own is a private workspace, which users do not import.
const published = ladder.filter(({ folder }) => folder === undefined);

const specifiers = published.flatMap(({ name }) => specifiersOf(name));

export const entryPoints: readonly EntryPoint[] = await Promise.all(
  specifiers.map(async (specifier) => ({ specifier, namespace: await import(specifier) })),
);
