import { mergeConfig } from 'vitest/config';
import { tests } from '../vitest.shared.js';

/** A scan of a warm process is much work, and several are done at once: on a busy machine one may take its time. */
export default mergeConfig(tests, { test: { testTimeout: 600_000 } });
