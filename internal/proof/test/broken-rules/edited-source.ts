// Edits of the sources of packages, found by the name of the declaration in which they are.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** A change of the source of a package; `proof` is the scanned program. */
export interface Edit {
  readonly package: string;
  /** The function, constant or class, or `Class.method`. */
  readonly within: string;
  /** What is replaced there, which occurs once. When absent: the body of the function. */
  readonly code?: string;
  readonly by: string;
}

export const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** The folder of a package, with `src` and a configuration of its build. */
export const folderOf = (name: string) =>
  join(root, name === 'proof' ? 'internal' : 'packages', name);

function sourcesOf(name: string): string[] {
  const folder = join(folderOf(name), 'src');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path));
}

/** Every declaration of a source with its name. A member has the name of its class before its own. */
function declarationsIn(source: string): [string, ts.Node][] {
  const found: [string, ts.Node][] = [];
  const visit = (node: ts.Node, owner: string): void => {
    const own = ts.isConstructorDeclaration(node)
      ? 'constructor'
      : (node as { name?: ts.Node }).name?.getText(file);
    const name = own === undefined || !ts.isClassElement(node) ? own : `${owner}.${own}`;
    if (name !== undefined) found.push([name, node]);
    ts.forEachChild(node, (child) => visit(child, ts.isClassLike(node) ? (own ?? '') : owner));
  };
  const file = ts.createSourceFile('', source, ts.ScriptTarget.Latest, true);
  visit(file, '');
  return found;
}

/** The places of an edit in a source: their beginnings and ends. */
function placesIn(source: string, { within, code }: Edit): [number, number][] {
  return declarationsIn(source)
    .filter(([name]) => name === within)
    .flatMap(([, node]): [number, number][] => {
      if (code === undefined) {
        const { body } = node as { body?: ts.Node };
        return body === undefined ? [] : [[body.getStart(), body.end]];
      }
      const places: [number, number][] = [];
      for (let at = source.indexOf(code, node.pos); at >= 0; at = source.indexOf(code, at + 1))
        if (at < node.end) places.push([at, at + code.length]);
      return places;
    });
}

/**
 * The source files that edits of one package change, as they are afterwards, by path.
 *
 * @throws Error when an edit does not have exactly one place.
 */
export function editedSources(edits: readonly Edit[]): Map<string, string> {
  const changed = new Map<string, string>();
  for (const edit of edits) {
    const places = sourcesOf(edit.package).flatMap((path) => {
      const source = changed.get(path) ?? readFileSync(path, 'utf8');
      if (!source.includes(edit.code ?? edit.within.replace(/.*\./, ''))) return [];
      return placesIn(source, edit).map((place) => ({ path, source, place }));
    });
    const [only] = places;
    if (only === undefined || places.length > 1)
      throw new Error(`${edit.package}, ${edit.within}: ${places.length} × ${edit.code ?? '{}'}`);
    const [start, end] = only.place;
    changed.set(only.path, only.source.slice(0, start) + edit.by + only.source.slice(end));
  }
  return changed;
}
