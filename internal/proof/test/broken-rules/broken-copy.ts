import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Edit, withEdits } from '@evolock/test-support/edited-sources';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

const EVERYBODY_MAY_READ = 0o755;

/**
 * Builds the scanned program and all packages from their sources, with edits, into a folder.
 *
 * @returns The path of the program.
 */
export async function brokenCopy(folder: string, edits: readonly Edit[]): Promise<string> {
  // The ordinary user must be able to read the folder.
  chmodSync(folder, EVERYBODY_MAY_READ);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: {
      child: join(root, 'internal/proof/src/child.ts'),
      'sealer-thread': join(root, 'packages/sealed-log/src/sealer/sealer-thread.ts'),
    },
    // Its paths lead to the sources.
    tsconfig: join(root, 'tsconfig.json'),
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    packages: 'external',
    keepNames: true,
    define: { PACKAGE_VERSION: JSON.stringify('0.0.0-broken') },
    logLevel: 'error',
    plugins: [withEdits(edits)],
  });
  return join(folder, 'dist', 'child.js');
}
