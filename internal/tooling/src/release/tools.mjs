// Installs the programs of the dry run into a temporary folder: the repository does not install them, since nothing else
// needs them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';

/** @typedef {{ version: string, folder: string }} Node a Node.js, and the folder of its program */
/** @typedef {{ modules: string, pnpm: string, nodes: readonly Node[] }} Tools */

/** The supported lines of Node.js. */
const lines = { 'node-20': '^20.19', 'node-22': '^22.12', 'node-24': '^24' };

/**
 * @param {string} folder an empty one
 * @returns {Promise<Tools>}
 */
export async function installTools(folder) {
  const node = `npm:node-${process.platform}-${process.arch}`;
  const nodes = Object.entries(lines).map(([name, range]) => [name, `${node}@${range}`]);
  const dependencies = { ...Object.fromEntries(nodes), pnpm: '10.34.8', verdaccio: '6.7.4' };
  // verdaccio asks for the tag `cjs` of node-fetch, which mirrors of the registry may not have.
  const manifest = { private: true, dependencies, overrides: { 'node-fetch': '2.7.0' } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  await run(folder, 'npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts']);
  const modules = join(folder, 'node_modules');
  return {
    modules,
    pnpm: join(modules, 'pnpm', 'bin', 'pnpm.cjs'),
    nodes: await Promise.all(
      Object.keys(lines).map(async (name) => {
        const bin = join(modules, name, 'bin');
        return {
          version: (await run(folder, join(bin, 'node'), ['--version'])).trim(),
          folder: bin,
        };
      }),
    ),
  };
}
