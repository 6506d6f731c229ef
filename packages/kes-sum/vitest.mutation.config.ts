import { defineConfig } from 'vitest/config';

/** The tests of mutation testing: the short ones of the mutated files. They run in a copy of this folder. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/conformance/*',
      // It starts processes and counts memory.
      'test/memory/*.long.test.ts',
      // Types, or files that are not mutated.
      'test/composition/composition.test.ts',
      'test/verify/verify-many.test.ts',
    ],
    env: { EVOLOCK_TEST_DEPTH: '4' },
    testTimeout: 20_000,
  },
});
