import { defineConfig } from 'vitest/config';

/** How every package is tested: real processes, no retries, no sleeps. */
export const tests = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    retry: 0,
    testTimeout: 60_000,
  },
});
