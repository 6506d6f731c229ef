import { defineConfig } from 'tsup';

/** Builds the generator of the vectors into a place that is neither shipped nor committed. */
export default defineConfig({
  entry: ['oracle/generate.ts'],
  format: 'esm',
  target: 'es2022',
  platform: 'node',
  outDir: 'node_modules/.generate',
  silent: true,
});
