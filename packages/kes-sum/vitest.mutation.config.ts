import { defineConfig } from 'vitest/config';

/** The tests of mutation testing: the short ones of the mutated files. They run in a copy of this folder. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/**/*conformance*',
      'test/conformance/stdio.long.test.ts',
      // Long: shorter tests cover the same.
      'test/conformance/recursive-definition.long.test.ts',
      'test/key/deep-keys.long.test.ts',
      'test/memory/preflight.long.test.ts',
      // They start processes or load the built package.
      'test/memory/lock-limit.test.ts',
      'test/composition/duplicate-copies.test.ts',
      'test/composition/type-cost.long.test.ts',
      // Types only, or files that are not mutated.
      'test/composition/types.test.ts',
      'test/composition/editor.long.test.ts',
      'test/verify/verify-many.test.ts',
    ],
    env: { EVOLOCK_TEST_DEPTH: '4' },
    testTimeout: 20_000,
  },
});
