/** Bundles of packages for browsers, and a global scope that has what every engine has. */
import { createContext, runInContext } from 'node:vm';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Bundles and minifies names that a package exports: as a module, or as a script that sets `verifier`. */
export async function browserBundle(
  name: string,
  format: 'esm' | 'iife',
  names = '*',
): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: {
      contents: `export ${names} from '@evolock/${name}'`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'silent',
    format,
    globalName: 'verifier',
    // A module of Node.js does not resolve on this platform.
    platform: 'browser',
  });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join());
  return outputFiles[0]!.text;
}

/** Bytes of such a module, compressed. Prints them. */
export async function compressedSize(name: string, names: string): Promise<number> {
  const { byteLength } = gzipSync(await browserBundle(name, 'esm', names), { level: 9 });
  console.log(`${byteLength} bytes`);
  return byteLength;
}

/** Runs a script with a bundle in a global scope that has what every engine has, and no more. */
export function runWith(bundle: string, script: string, hasText = true): unknown {
  // Browsers, Deno, Bun and workers have two more, which the language itself does not have.
  const context = createContext(hasText ? { TextEncoder, TextDecoder } : {});
  runInContext(bundle, context);
  return runInContext(script, context);
}
