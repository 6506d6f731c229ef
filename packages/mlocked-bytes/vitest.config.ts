import { mergeConfig } from 'vitest/config';
import { short, tests } from '../../vitest.shared.js';

export default mergeConfig(tests, {
  test: { setupFiles: short ? ['test/support/nothing-left.ts'] : [] },
});
