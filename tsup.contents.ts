/** What a build contains: the sources and libraries that esbuild put into its files. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options } from 'tsup';

type EsbuildPlugin = NonNullable<Options['esbuildPlugins']>[number];

/** For each built file, what it contains. All paths are relative to the repository. */
type Contents = Readonly<Record<string, readonly string[]>>;

const root = dirname(fileURLToPath(import.meta.url));

/** Beside `dist`, since it is not published. A package that has several builds has a file for each of them here. */
const FOLDER = 'built-from';

/** The folder of a library, in the path of one of its files. */
export const LIBRARY = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

/**
 * Writes which files the build contains into the folder `built-from`, where the check of the changesets and the bill of
 * materials read it, and the licences of the libraries among them into `dist/LICENSES.txt`, as these demand.
 */
export const contents: EsbuildPlugin = {
  name: 'contents',
  setup(build) {
    build.initialOptions.metafile = true;
    build.onEnd(({ metafile }) => {
      const outputs = Object.entries(metafile?.outputs ?? {}).filter(([file]) =>
        file.endsWith('js'),
      );
      const written: Contents = Object.fromEntries(
        outputs.map(([file, { inputs }]) => {
          const used = Object.keys(inputs).filter((path) => inputs[path]!.bytesInOutput > 0);
          const sources = used.map(fromRoot).filter((path) => existsSync(join(root, path)));
          return [fromRoot(file), [...new Set(sources.flatMap(sourcesOf))].sort()];
        }),
      );
      const { entryPoints = [] } = build.initialOptions;
      const [entry] = Array.isArray(entryPoints) ? entryPoints : Object.keys(entryPoints);
      if (typeof entry !== 'string') throw new Error('The build has no entry');
      const name = basename(entry, '.ts');
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(written, undefined, 1)}\n`);
      writeLicences(Object.values(written).flat());
    });
  },
};

/** Before the first build of a package: what an earlier one contained is no longer true. */
export function forgetContents(): void {
  rmSync(FOLDER, { recursive: true, force: true });
}

function fromRoot(path: string): string {
  return relative(root, resolve(path));
}

/** A built file of another package stands for what it contains, and every other file for itself. */
function sourcesOf(file: string): readonly string[] {
  const [, folder] = /^(.*)\/dist\//.exec(file) ?? [];
  if (folder === undefined || LIBRARY.test(file)) return [file];
  for (const name of readdirSync(join(root, folder, FOLDER))) {
    const text = readFileSync(join(root, folder, FOLDER, name), 'utf8');
    const sources = (JSON.parse(text) as Contents)[file];
    if (sources !== undefined) return sources;
  }
  throw new Error(`${file}: its build did not write what it contains`);
}

function writeLicences(files: readonly string[]): void {
  const libraries = files.flatMap((file) => LIBRARY.exec(file)?.[0] ?? []);
  const texts = [...new Set(libraries)].sort().map(licenceOf);
  if (texts.length === 0) return;
  mkdirSync('dist', { recursive: true });
  writeFileSync('dist/LICENSES.txt', texts.join('\n'));
}

/** The licence of a library, with its name and version. */
function licenceOf(library: string): string {
  const folder = join(root, library);
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${library} has no licence`);
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
  const title = `${name} ${version}`;
  return `${title}\n${'='.repeat(title.length)}\n\n${readFileSync(join(folder, file), 'utf8')}`;
}
