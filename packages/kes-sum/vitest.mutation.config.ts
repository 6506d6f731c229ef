import { defineConfig } from 'vitest/config';

/** The tests of mutation testing: the short ones of the mutated files. They run in a copy of this folder. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/**/*conformance*',
      'test/matrix.long.test.ts',
      'test/stdio.long.test.ts',
      // Long: shorter tests cover the same.
      'test/recursive-definition.long.test.ts',
      'test/deep-keys.long.test.ts',
      'test/preflight.long.test.ts',
      // They start processes or load the built package.
      'test/lock-limit.test.ts',
      'test/duplicate-copies.test.ts',
      'test/type-cost.long.test.ts',
      // Types only, or files that are not mutated.
      'test/types.test.ts',
      'test/editor.long.test.ts',
      'test/verify-many.test.ts',
      'test/hostile-arguments.test.ts',
    ],
    env: { EVOLOCK_TEST_DEPTH: '4' },
    testTimeout: 20_000,
  },
});
