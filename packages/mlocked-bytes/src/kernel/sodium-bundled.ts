// `#sodium-native` of package.json for bundlers: only a static import is found by all of them, in every output format.
// @ts-expect-error: sodium-native has no types. native.ts declares the functions that are used.
import sodium from 'sodium-native';

/**
 * Returns `sodium-native`, which is loaded already.
 *
 * @internal
 */
export const requireSodium = (): unknown => sodium;
