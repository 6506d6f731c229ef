import { fileURLToPath } from 'node:url';
import { mergeConfig } from 'vitest/config';
import { tests } from '../../vitest.shared.js';

const reader = fileURLToPath(new URL('src/cardano/checked-items.ts', import.meta.url));

/** The sources are tested with the reader that the build puts in the place of cbor-x. */
export default mergeConfig(tests, {
  resolve: { alias: { 'cbor-x/decode': reader } },
});
