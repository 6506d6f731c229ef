import { defineConfig } from 'vitest/config';

/** The tests of mutation testing: run in a copy of this folder. */
export default defineConfig({
  define: { PACKAGE_VERSION: JSON.stringify('0.0.0-source') },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
  },
});
