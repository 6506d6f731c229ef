import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { defineConfig, type Options } from 'tsup';

type EsbuildPlugin = NonNullable<Options['esbuildPlugins']>[number];

const HELPER =
  'var __name = (target, value) => __defProp(target, "name", { value, configurable: true });';

/**
 * Names are kept by a helper of two lines. Where several entries need it, esbuild puts it into a chunk of its own, and
 * every package would have one file more to find, read and link; so it is put where it is needed.
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

/** Whether a file is the helper and nothing else. */
function isHelper(code: string): boolean {
  const lines = code.split('\n').filter((line) => line !== '' && !line.startsWith('//'));
  return lines[1] === HELPER && lines.slice(2).join(' ') === 'export {   __name };';
}

/** How declarations are made. They bring the types of `using`, which the library of no target has. */
export const declarations = {
  banner: '/// <reference lib="esnext.disposable" />',
  compilerOptions: { ignoreDeprecations: '6.0' },
};

/** How every package is built: ES modules only, one file an entry, with types and source maps. */
export function build(entry: NonNullable<Options['entry']>, options: Options = {}) {
  // tsup runs in the folder of the package.
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  return defineConfig({
    entry,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    clean: true,
    sourcemap: true,
    splitting: true,
    treeshake: true,
    // Without `node:` a module of Node is told from a file, or not, by whoever reads the build next.
    removeNodeProtocol: false,
    // Class names are part of what an error or an inspected key says.
    keepNames: true,
    // A bundled package has no package.json to read at run time.
    define: { PACKAGE_VERSION: JSON.stringify(version) },
    esbuildPlugins: [helperWhereNeeded],
    dts: declarations,
    ...options,
  });
}
