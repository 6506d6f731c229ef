import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Whether this is the run of `npm test`, which the root package.json starts with this variable. */
const short = process.env['EVOLOCK_SHORT_TESTS'] === '1';

/** Options of one package's tests. */
interface TestOptions {
  /**
   * Each test file gets a process of its own in the short run too. A package needs it whose tests mock modules or
   * depend on the first use of a module.
   */
  readonly isolate?: boolean;
}

/**
 * How the tests of every package run: real processes, no retries, no sleeps, and a closing line that CI adds up.
 *
 * The short run leaves out `*.long.test.ts`, puts the files of a package into one process, and tries less deep trees.
 * The full run does everything, each file in its own process.
 */
export function testConfig({ isolate = false }: TestOptions = {}) {
  return defineConfig({
    // The build replaces this by the version of the package. Tests that import sources get this one.
    define: { PACKAGE_VERSION: JSON.stringify('0.0.0-source') },
    test: {
      include: ['test/**/*.test.ts'],
      exclude: short ? ['**/*.long.test.ts'] : [],
      env: short ? { EVOLOCK_TEST_DEPTH: '4' } : {},
      pool: 'forks',
      isolate: isolate || !short,
      retry: 0,
      // Ends a test that hangs. Machines may be slow and busy, so it does not measure speed.
      testTimeout: 600_000,
      hookTimeout: 600_000,
      reporters: [
        'default',
        fileURLToPath(new URL('./internal/tooling/src/counts/closing-line.mjs', import.meta.url)),
      ],
    },
  });
}

/** The tests of a package whose files may share a process. */
export const tests = testConfig();

/** The tests of a package whose files need a process each. */
export const isolatedTests = testConfig({ isolate: true });
