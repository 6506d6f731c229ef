import { mergeConfig } from 'vitest/config';
import { tests } from '../../vitest.shared.js';

/** One process for all files: each would load the whole ladder again, and no test changes what another sees. */
export default mergeConfig(tests, { test: { isolate: false } });
