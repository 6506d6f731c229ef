/**
 * Loads `sodium-native` at run time, from `node_modules` beside this module, or beside the bundle that contains it. Its
 * folder has binaries, so no bundler may follow: `createRequire` is called as a member of the module, since bundlers know
 * the import of that name.
 */
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';

/** What `sodium-native` exports, and its native functions. */
export function requireSodium(): { readonly exported: unknown; readonly native: unknown } {
  const require = nodeModule.createRequire(programFile());
  placeAddon(require);
  return { exported: require('sodium-native'), native: require('sodium-native/binding.js') };
}

/** The file that contains this code when it runs. */
function programFile(): string {
  const file =
    // eslint-disable-next-line n/no-unsupported-features/node-builtins -- experimental until 24.0, and the same since 20.11
    import.meta.filename ??
    // A bundle that is CommonJS. There, `import.meta.url` can be a file of the machine that built it.
    (typeof __filename === 'string' ? __filename : import.meta.url);
  // An executable of `bun build --compile` has its modules in a virtual folder.
  return /[\\/](?:\$bunfs|~BUN)[\\/]/.test(file) ? process.execPath : file;
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
    require.cache[file] = Object.assign(new nodeModule.Module(file), {
      filename: file,
      loaded: true,
      exports,
    });
  } catch {
    // The search finds the reason.
  }
}
