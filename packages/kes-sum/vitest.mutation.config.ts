import { defineConfig } from 'vitest/config';

/** The tests of mutation testing: those of the core that take little time, run in a copy of this folder. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/**/*conformance*',
      'test/matrix.long.test.ts',
      'test/stdio.long.test.ts',
      // Long: the same is seen by shorter ones.
      'test/recursive-definition.long.test.ts',
      'test/deep-keys.long.test.ts',
      'test/preflight.long.test.ts',
      // These start processes or load the built package.
      'test/lock-limit.test.ts',
      'test/duplicate-copies.test.ts',
      'test/type-cost.long.test.ts',
      // Types only, or other files than those that are mutated.
      'test/types.test.ts',
      'test/editor.long.test.ts',
      'test/cbor.test.ts',
      'test/verify-many.test.ts',
      'test/hostile-arguments.test.ts',
    ],
    env: { EVOLOCK_TEST_DEPTH: '4' },
    testTimeout: 20_000,
  },
});
