// `#sodium-native` of package.json for Node.js: a failure can be caught, and gets a code.
import { existsSync } from 'node:fs';
import { createRequire, Module } from 'node:module';

/** Loads `sodium-native`. */
export function requireSodium(): unknown {
  const require = createRequire(import.meta.url);
  placeAddon(require);
  return require('sodium-native');
}

/**
 * Loads the add-on of the platform to the place where `sodium-native` expects it. The search of `sodium-native` itself takes
 * a fifth of the time in which Node.js starts. On a failure, nothing is changed: its search follows, and reports the reason.
 */
function placeAddon(require: NodeJS.Require): void {
  // The add-on for this system is another one.
  if (existsSync('/etc/alpine-release')) return;
  try {
    const { platform, arch } = process;
    const exports: unknown = require(
      `sodium-native/prebuilds/${platform}-${arch}/sodium-native.node`,
    );
    const file = require.resolve('sodium-native/binding.js');
    require.cache[file] = Object.assign(new Module(file), {
      filename: file,
      loaded: true,
      exports,
    });
  } catch {
    // The search finds the reason.
  }
}
