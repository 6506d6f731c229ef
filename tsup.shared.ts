import { defineConfig, type Options } from 'tsup';

/** How every package is built: ES modules only, one file an entry, with types and source maps. */
export function build(entry: NonNullable<Options['entry']>, options: Options = {}) {
  return defineConfig({
    entry,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    clean: true,
    sourcemap: true,
    splitting: true,
    treeshake: true,
    // Class names are part of what an error or an inspected key says.
    keepNames: true,
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    ...options,
  });
}
