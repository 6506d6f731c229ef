/** The limits of the sources of packages that a machine can see. Lint holds functions to 60 lines. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/** A source file of a package. */
interface Source {
  /** Relative to `src`. */
  readonly path: string;
  readonly text: string;
}

/** The source files of a package. */
export function sourcesOf(folder: string): readonly Source[] {
  const src = join(folder, 'src');
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => ({ path: relative(src, path), text: readFileSync(path, 'utf8') }));
}

function groups(sources: readonly Source[]): ReadonlyMap<string, readonly Source[]> {
  const folders = new Map<string, Source[]>();
  for (const each of sources) {
    const folder = dirname(each.path);
    folders.set(folder, [...(folders.get(folder) ?? []), each]);
  }
  return folders;
}

/** The folders with more files than this. */
export function crowded(sources: readonly Source[], most: number): readonly string[] {
  const folders = groups(sources);
  return [...folders].filter(([, { length }]) => length > most).map(([folder]) => folder);
}

const RELATIVE_IMPORT = /\b(?:from|import)\s*\(?\s*'(\.[^']*)'/g;

/** The folders that import from each other, directly or by others. A file beside the folders of `src` is a room of its own. */
export function circles(sources: readonly Source[]): readonly string[] {
  const room = (path: string) => (dirname(path) === '.' ? path : dirname(path));
  const edges = new Map<string, Set<string>>();
  for (const { path, text } of sources)
    for (const [, target = ''] of text.matchAll(RELATIVE_IMPORT)) {
      const from = room(path);
      const to = room(normalize(join(dirname(path), target.replace(/\.js$/, '.ts'))));
      if (from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to));
    }
  const reachable = (from: string) => {
    const seen = new Set<string>();
    const next = [from];
    for (let at = next.pop(); at !== undefined; at = next.pop())
      for (const to of edges.get(at) ?? [])
        if (!seen.has(to)) {
          seen.add(to);
          next.push(to);
        }
    return seen;
  };
  const rooms = [...edges.keys()].filter((from) => reachable(from).has(from));
  return rooms.filter((from) => !from.endsWith('.ts')).sort();
}

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const|let|interface|type) (\w+)/gm;

/** The names that two files export, with these files. */
export function namesOfTwo(sources: readonly Source[]): readonly string[] {
  const places = new Map<string, Set<string>>();
  for (const { path, text } of sources)
    for (const [, name = ''] of text.matchAll(DECLARATION))
      places.set(name, (places.get(name) ?? new Set()).add(path));
  return [...places]
    .filter(([, files]) => files.size > 1)
    .map(([name, files]) => `${name}: ${[...files].join(', ')}`);
}
