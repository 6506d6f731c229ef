// `#sodium-native` of package.json for bundlers: all of them find a static import, in every output format.
// @ts-expect-error: sodium-native has no types. native.ts declares the functions that are used.
import sodium from 'sodium-native';

/** Returns `sodium-native`, which the import above has loaded. */
export const requireSodium = (): unknown => sodium;
