import { chmodSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Edit } from './breakages.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** The sources of a package, by path; `proof` is the scanned program. */
function sourcesOf(name: string): [path: string, source: string][] {
  const folder = join(root, name === 'proof' ? 'internal' : 'packages', name, 'src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [join(folder, path), readFileSync(join(folder, path), 'utf8')]);
}

/**
 * The source files that edits change, as they are afterwards, by path.
 *
 * @throws Error when the code of an edit does not occur exactly once.
 */
export function editedSources(edits: readonly Edit[]): ReadonlyMap<string, string> {
  const changed = new Map<string, string>();
  for (const { package: name, code, by } of edits) {
    const words = code.split(' ').map((word) => word.replaceAll(/[^\w]/g, '\\$&'));
    const places = sourcesOf(name).flatMap(([path, original]) => {
      const source = changed.get(path) ?? original;
      return [...source.matchAll(new RegExp(words.join('\\s+'), 'g'))].map(
        ({ 0: found, index }) =>
          [path, source.slice(0, index) + by + source.slice(index + found.length)] as const,
      );
    });
    if (places.length !== 1) throw new Error(`${name}: ${places.length} × ${code}`);
    changed.set(...places[0]!);
  }
  return changed;
}

const EVERYBODY_MAY_READ = 0o755;

/**
 * Builds the scanned program and all packages from their sources, with edits, into a folder.
 *
 * @returns The path of the program.
 */
export async function brokenCopy(folder: string, edits: readonly Edit[]): Promise<string> {
  const sources = editedSources(edits);
  // The ordinary user must be able to read the folder.
  chmodSync(folder, EVERYBODY_MAY_READ);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: {
      child: join(root, 'internal/proof/src/child.ts'),
      'sealer-thread': join(root, 'packages/sealed-log/src/sealer/sealer-thread.ts'),
    },
    // Its paths lead to the sources.
    tsconfig: join(root, 'tsconfig.json'),
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    packages: 'external',
    keepNames: true,
    define: { PACKAGE_VERSION: JSON.stringify('0.0.0-broken') },
    logLevel: 'error',
    plugins: [
      {
        name: 'edits',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            const contents = sources.get(path);
            return contents === undefined ? undefined : { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
  return join(folder, 'dist', 'child.js');
}
