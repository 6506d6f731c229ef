import { defineConfig } from 'vitest/config';

/** The tests of every workspace in one run. */
export default defineConfig({
  test: {
    projects: [
      'packages/*',
      'internal/{abuse,bench,proof,tooling,vector-generator}',
      'examples',
      'site',
    ],
    // One process for each core: tests wait for processes that they start.
    maxWorkers: '100%',
    reporters: ['default', './internal/tooling/src/test-counts.mjs'],
  },
});
