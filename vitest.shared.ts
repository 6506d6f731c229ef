import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Whether this is the run of `npm test`, which the root package.json starts with this variable. */
export const short = process.env['EVOLOCK_SHORT_TESTS'] === '1';

/** Whether only `*.long.test.ts` run: with the short run before, that is every test once. */
const long = process.env['EVOLOCK_LONG_TESTS'] === '1';

/**
 * How the tests of every package run: real processes, no retries, no sleeps, and a closing line that CI adds up.
 *
 * The short run leaves out `*.long.test.ts`, lets the files of a package share their modules, and tries less deep trees, unless
 * EVOLOCK_TEST_DEPTH says more. The long run gives each file its own process. So does a run without either.
 */
export const tests = defineConfig({
  // The build replaces this by the version of the package. Tests that import sources get this one.
  define: {
    PACKAGE_VERSION: JSON.stringify('0.0.0-source'),
    RELEASE_DATE: JSON.stringify('2024-01-01T00:00:00Z'),
  },
  test: {
    include: [long ? 'test/**/*.long.test.ts' : 'test/**/*.test.ts'],
    exclude: short ? ['**/*.long.test.ts'] : [],
    env: short ? { EVOLOCK_TEST_DEPTH: process.env['EVOLOCK_TEST_DEPTH'] ?? '4' } : {},
    pool: 'forks',
    // Node.js loads the built packages, so that vitest does not transform them again for each package above.
    server: short ? { deps: { external: [/\/(packages|internal)\/[^/]+\/dist\//] } } : {},
    isolate: !short,
    retry: 0,
    // Ends a test that hangs. Machines may be slow and busy, so it does not measure speed.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: [
      'default',
      fileURLToPath(new URL('./internal/tooling/src/test-counts.mjs', import.meta.url)),
    ],
  },
});
