/** The built package as an application for browsers contains it. */
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

/** Bundles and minifies everything that the package exports: as a module, or as a script that sets `verifier`. */
export async function browserBundle(format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: {
      contents: "export * from '@evolock/kes-verify'",
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
