import { defineConfig } from 'vitest/config';

/** Every workspace's tests in one run, which the runs on other Node versions use: turbo's cache does not see Node. */
export default defineConfig({
  test: {
    projects: ['packages/*', 'internal/{abuse,bench,proof,tooling}', 'examples'],
    reporters: ['default', './internal/tooling/src/closing-line.mjs'],
  },
});
