/** Sources of packages with something changed: tests build what is broken on purpose, and look whether it is found. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A change of the sources of a package; `proof` is the scanned program. */
export interface Edit {
  readonly package: string;
  /** What is replaced, which occurs once. A blank is any white space. */
  readonly code: string;
  readonly by: string;
}

/** The edit of a line `PACKAGE: CODE → CODE`; none for another line. */
export function editOf(line: string): Edit[] {
  const [, name, code = '', by = ''] = /^([\w-]+): (.*?) →(?: (.*))?$/.exec(line) ?? [];
  return name === undefined ? [] : [{ package: name, code, by }];
}

/** The sources of a package, by path. */
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

/** Builds with the edited sources in place of those on the disk. */
export function withEdits(edits: readonly Edit[]): Plugin {
  const sources = editedSources(edits);
  return {
    name: 'edits',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const contents = sources.get(path);
        return contents === undefined ? undefined : { contents, loader: 'ts' };
      });
    },
  };
}

/** What a module exports, when it is built from sources with edits. */
export async function builtWith(edits: readonly Edit[], module: URL): Promise<unknown> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(module)],
    // Its paths lead to the sources.
    tsconfig: join(root, 'tsconfig.json'),
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    logLevel: 'error',
    plugins: [withEdits(edits)],
  });
  const program = Buffer.from(outputFiles[0]!.contents).toString('base64');
  return import(/* @vite-ignore */ `data:text/javascript;base64,${program}`);
}
