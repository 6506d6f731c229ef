// `#sodium-native` of package.json where Node.js loads this package itself: a failure is caught and gets a code.
import { createRequire } from 'node:module';

/**
 * Loads `sodium-native`.
 *
 * @internal
 */
export const requireSodium = (): unknown => createRequire(import.meta.url)('sodium-native');
