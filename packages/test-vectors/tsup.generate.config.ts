import { defineConfig } from 'tsup';

/**
 * Builds the generator of the vectors, and processes for the tests, into a place that is neither
 * shipped nor committed.
 */
export default defineConfig({
  entry: ['oracle/generate.ts', 'oracle/serve-oracle.ts', 'oracle/serve-wrong.ts'],
  format: 'esm',
  target: 'es2022',
  platform: 'node',
  outDir: 'node_modules/.generate',
  silent: true,
});
