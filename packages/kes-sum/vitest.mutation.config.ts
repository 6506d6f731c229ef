import { defineConfig } from 'vitest/config';

/** The tests of mutation testing: those of the core that take little time, run in a copy of this folder. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/**/*conformance*',
      'test/matrix.test.ts',
      'test/stdio.test.ts',
      // Long: the same is seen by shorter ones.
      'test/recursive-definition.test.ts',
      'test/deep-keys.test.ts',
      'test/preflight.test.ts',
      // These start processes or load the built package.
      'test/lock-limit.test.ts',
      'test/duplicate-copies.test.ts',
      'test/type-cost.test.ts',
      // Types only, or other files than those that are mutated.
      'test/types.test.ts',
      'test/editor.test.ts',
      'test/cbor.test.ts',
      'test/verify-many.test.ts',
      'test/hostile-arguments.test.ts',
    ],
    env: { EVOLOCK_TEST_DEPTH: '4' },
    testTimeout: 20_000,
  },
});
