/** How the commands are built. */
import { execFileSync } from 'node:child_process';
import type { Options } from 'tsup';
import { build } from './tsup.shared.js';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** The time of the last commit, so that all builds of a commit are the same; without git, now. */
function releaseDate(): string {
  try {
    const seconds = execFileSync('git', ['log', '-1', '--format=%ct'], { encoding: 'utf8' });
    return new Date(Number(seconds) * 1_000).toISOString();
  } catch {
    return new Date().toISOString();
  }
}

/** Loads other files of its own: a native module. */
const SEPARATE = 'sodium-native';

/** Modules of Node.js that most commands import and do not use. */
const RARE =
  /\b(var|const) (\w+) ?= ?(?:require|\(0, ?\w+\.__require\))\("(node:(?:child_process|crypto|net|os|timers\/promises|zlib))"\);/g;

/** A function gets the name that it has: the packages are built with `keepNames`, and this build keeps all names. */
const NAMED = /^ *(?:\(0, \w+\.__name\)|__name\d*)\((\w+), "\1"\);\n/gm;

/** Loads a module of Node.js when a member of it is read for the first time. */
const LATER =
  'const later = (id, module) => new Proxy({}, { get: (_, name) => (module ??= require(id))[name] });\n';

/** `import.meta.url` of a CommonJS module. */
const MODULE_URL = 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;\n';

/**
 * esbuild splits only ES modules into chunks. This plugin makes a CommonJS module of each chunk: Node.js loads these in a
 * third of the time.
 */
const commonJs: Plugin = {
  name: 'common-js',
  setup(builder) {
    builder.onEnd(async ({ outputFiles = [] }) => {
      for (const file of outputFiles) {
        const { code } = await builder.esbuild.transform(file.text.replace(NAMED, ''), {
          format: 'cjs',
          platform: 'node',
          target: 'es2022',
          // `import()` becomes `require` as well: `import()` would start the loader of ES modules.
          supported: { 'dynamic-import': false },
          // Node.js compiles a file without spaces and comments in three quarters of the time.
          minifyWhitespace: true,
        });
        const lazy = code.replace(RARE, '$1 $2 = later("$3");');
        const later = lazy === code ? '' : LATER;
        const moduleUrl = code.includes('moduleUrl') ? MODULE_URL : '';
        file.contents = Buffer.from(later + moduleUrl + lazy);
      }
    });
  },
};

/**
 * How a command is built: a program that nothing imports, so it has no types. Its threads load their own modules. It contains
 * its libraries: to find and load some 30 files takes more time than most commands.
 *
 * @param entry - Names of output files and their sources.
 * @param options - What else the build of this command has.
 */
export function buildCommand(entry: Record<string, string>, options: Options = {}) {
  return build(entry, {
    sourcemap: false,
    treeshake: false,
    keepNames: false,
    outExtension: () => ({ js: '.cjs' }),
    define: { RELEASE_DATE: JSON.stringify(releaseDate()), 'import.meta.url': 'moduleUrl' },
    external: [SEPARATE],
    noExternal: [new RegExp(`^(?!node:|${SEPARATE})`)],
    esbuildPlugins: [commonJs],
    ...options,
  });
}
