import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Options } from 'tsup';
import { contents, forgetContents, LIBRARY } from './tsup.contents.js';

type EsbuildPlugin = NonNullable<Options['esbuildPlugins']>[number];

const HELPER =
  'var __name = (target, value) => __defProp(target, "name", { value, configurable: true });';

/**
 * esbuild keeps the names of classes by a helper of two lines. When several entries need it, esbuild makes a chunk of
 * the helper. This plugin puts the helper into each file instead, so that a package has one file less to load.
 */
const helperWhereNeeded: EsbuildPlugin = {
  name: 'helper-where-needed',
  setup(build) {
    build.onEnd(({ outputFiles }) => {
      const chunk = outputFiles?.find(({ path, text }) => path.endsWith('.js') && isHelper(text));
      if (outputFiles === undefined || chunk === undefined) return;
      const from = `from "./${basename(chunk.path)}";`;
      for (const file of outputFiles) {
        if (!file.path.endsWith('.js') || file === chunk) continue;
        const inline = file.text
          .replace(
            `import {\n  __name\n} ${from}`,
            `var __defProp = Object.defineProperty;\n\n${HELPER}`,
          )
          .replace(`import ${from.slice(5)}`, '');
        file.contents = Buffer.from(inline);
      }
      const rest = outputFiles.filter(({ path }) => !path.startsWith(chunk.path));
      outputFiles.splice(0, outputFiles.length, ...rest);
    });
  },
};

/** Puts the sources of libraries, which a package does not publish, into its source maps. */
const sourcesOfLibraries: NonNullable<Options['plugins']>[number] = {
  name: 'sources-of-libraries',
  buildEnd({ writtenFiles }) {
    for (const { name: map } of writtenFiles.filter(({ name }) => name.endsWith('.map'))) {
      const content = JSON.parse(readFileSync(map, 'utf8')) as { readonly sources: string[] };
      if (!content.sources.some((source) => LIBRARY.test(source))) continue;
      const sourcesContent = content.sources.map((source) =>
        LIBRARY.test(source) ? readFileSync(join(dirname(map), source), 'utf8') : null,
      );
      writeFileSync(map, JSON.stringify({ ...content, sourcesContent }));
    }
  },
};

/** Whether a file contains only the helper. */
function isHelper(code: string): boolean {
  const lines = code.split('\n').filter((line) => line !== '' && !line.startsWith('//'));
  return lines[1] === HELPER && lines.slice(2).join(' ') === 'export {   __name };';
}

/**
 * How declarations are made. The banner adds the types of `using`, which no target's library has. `npm run typecheck`
 * checks the types, so the build does not.
 */
const declarations = {
  only: true,
  banner: '/// <reference lib="esnext.disposable" />',
  compilerOptions: { ignoreDeprecations: '6.0', noCheck: true },
};

/** Declarations that contain those of the copied packages. */
function declarationsFrom(copied: readonly RegExp[]) {
  if (copied.length === 0) return declarations;
  // Otherwise the paths of the root's configuration would be read from the folder of the package.
  const compilerOptions = { ...declarations.compilerOptions, baseUrl: '../..' };
  return { ...declarations, compilerOptions, resolve: [...copied] };
}

/** Names of output files and their sources, or sources. */
type Entry = NonNullable<Options['entry']>;

/**
 * In the declarations of a library, TypeScript names a type by the shortest name of a module that exports it, and of several
 * by the one at the bottom. So it would name a package on which the library does not depend. Therefore:
 *
 * - Each entry has a twin in the folder `declared`, which declares its types. The entry exports what the twin exports.
 * - Declarations import the twins of other packages. Their names are longer than that of the entry which the library imports.
 *   An import of no names would load the entry of another package, and is taken away.
 */
function withTwins(entry: Entry): Entry {
  const named = Array.isArray(entry)
    ? entry.map((source) => [basename(source, '.ts'), source] as const)
    : Object.entries(entry);
  const both = named.flatMap(([name, source]) => [
    [name, source],
    [`declared/${name}`, source],
  ]);
  return Object.fromEntries(both) as Entry;
}

/** In the declarations of a library, TypeScript names a type that `index` lacks by `all`, when it has read that. */
const LOADS_ALL = "\nimport './all.js';\n";

/** Replaces the names of packages by those of their twins, in all declarations of the package. */
function importTwins(): void {
  const files = readdirSync('dist', { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.d.ts'))) {
    const path = join('dist', file);
    const hasAll = file === 'index.d.ts' && files.includes('all.d.ts');
    const text = `${readFileSync(path, 'utf8')}${hasAll ? LOADS_ALL : ''}`
      .replace(/^import '@evolock\/.*\n/gm, '')
      .replace(
        /^((?:import|export) .*from ')(@evolock\/[\w-]+)(?:\/([\w-]+))?(?=';$)/gm,
        (_, before: string, name: string, entry = 'index') => `${before}${name}/declared/${entry}`,
      );
    writeFileSync(path, text);
  }
}

interface Variations extends Options {
  /** The entries that others can import, where these are not all. */
  readonly typed?: Entry;
  /** Packages of the repository whose code and types are copied into the package, from their sources. */
  readonly copied?: readonly RegExp[];
}

/**
 * How every package is built: ES modules only, one file for each entry, with source maps. `tsup --env.DECLARATIONS` makes
 * the declarations: the repository itself reads types from the sources.
 */
export function build(
  entry: Entry,
  { define = {}, typed = entry, copied = [], esbuildPlugins = [], ...options }: Variations = {},
) {
  // The root's configuration has the paths of the sources.
  const configuration = copied.length === 0 ? 'tsconfig.base.json' : 'tsconfig.json';
  const tsconfig = fileURLToPath(new URL(configuration, import.meta.url));
  const sources = copied.length === 0 ? { tsconfig } : { tsconfig, noExternal: [...copied] };
  // tsup runs in the package's folder.
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  return defineConfig(({ env }) => {
    if (env?.['DECLARATIONS'] !== undefined) {
      // tsup calls nothing after it has written declarations.
      process.once('exit', importTwins);
      const dts = declarationsFrom(copied);
      return { entry: withTwins(typed), format: 'esm', clean: true, ...sources, dts };
    }
    if (options.clean !== false) forgetContents();
    return {
      entry,
      format: 'esm',
      target: 'es2022',
      platform: 'node',
      clean: true,
      sourcemap: true,
      splitting: true,
      treeshake: true,
      // Other tools recognise modules of Node by `node:`.
      removeNodeProtocol: false,
      // Errors and inspected keys print the names of classes.
      keepNames: true,
      // A bundled package cannot read its package.json at run time.
      define: { PACKAGE_VERSION: JSON.stringify(version), ...define },
      esbuildPlugins: [contents, helperWhereNeeded, ...esbuildPlugins],
      // A package contains its sources, so its maps do not repeat them. Copied ones are only in the maps.
      esbuildOptions: (options) => {
        options.sourcesContent = copied.length > 0;
      },
      plugins: [sourcesOfLibraries],
      ...sources,
      ...options,
    };
  });
}

/** The entries that the manifest in a folder exports, by the names of their files. */
export function exportedEntries(folder: string): Record<string, string> {
  const { exports = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly exports?: Readonly<Record<string, string | object>>;
  };
  const names = Object.entries(exports)
    .filter(([, target]) => typeof target === 'object' && 'default' in target)
    .map(([entry]) => (entry === '.' ? 'index' : entry.slice(2)));
  const sourceOf = (name: string) =>
    [`src/${name}.ts`, `src/${name}/index.ts`].find((file) => existsSync(join(folder, file))) ??
    name;
  return Object.fromEntries(names.map((name) => [name, sourceOf(name)]));
}

/** The build of a package that has the entries of its manifest, and nothing else of its own. */
export default build(exportedEntries('.'));
