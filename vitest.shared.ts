import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** How every package is tested: real processes, no retries, no sleeps, and a closing line that CI adds up. */
export const tests = defineConfig({
  // Builds get the version of their package. Tests that import sources get this one.
  define: { PACKAGE_VERSION: JSON.stringify('0.0.0-source') },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    retry: 0,
    // Against what hangs, and no measure of speed: machines may be slow and busy.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: [
      'default',
      fileURLToPath(new URL('./internal/tooling/src/closing-line.mjs', import.meta.url)),
    ],
  },
});
