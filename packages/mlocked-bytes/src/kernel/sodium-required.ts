// `#sodium-native` of package.json for Node.js: a failure can be caught, and gets a code.
import { createRequire } from 'node:module';

/**
 * Loads `sodium-native`.
 *
 * @internal
 */
export const requireSodium = (): unknown => createRequire(import.meta.url)('sodium-native');
