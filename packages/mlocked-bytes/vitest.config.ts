import { mergeConfig } from 'vitest/config';
import { tests } from '../../vitest.shared.js';

export default mergeConfig(tests, {
  test: { setupFiles: ['test/support/nothing-left.ts'] },
});
