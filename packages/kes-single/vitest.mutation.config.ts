import { defineConfig } from 'vitest/config';

/** The tests of mutation testing: run in a copy of this folder, without the conformance vectors. */
export default defineConfig({
  define: { PACKAGE_VERSION: JSON.stringify('0.0.0-source') },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*conformance*'],
    testTimeout: 20_000,
  },
});
