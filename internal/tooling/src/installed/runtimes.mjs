// Other runtimes than Node.js that run the packages. npm installs each when its tests run. As a dependency it would make
// every installation of the repository 100 MB larger.
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';

/**
 * A runtime: its npm package, and the arguments before the file of a program.
 *
 * @typedef {{ name: string, package: string, version: string, args: readonly string[] }} Runtime
 * @typedef {{ command: string, args: readonly string[] }} Installed
 */

/** @type {readonly Runtime[]} */
export const runtimes = [
  { name: 'Bun', package: 'bun', version: '1.4.5', args: [] },
  {
    name: 'Deno',
    package: 'deno',
    version: '2.9.6',
    // Programs find packages in node_modules, as in Node.js.
    args: ['run', '--quiet', '--allow-all', '--no-lock', '--node-modules-dir=manual'],
  },
];

/**
 * Installs a runtime into the cache of npm.
 *
 * @param {Runtime} runtime
 * @returns {Installed | { reason: string }} why it cannot run here
 */
export function installRuntime({ name, package: npmPackage, version, args }) {
  const script = `command -v ${npmPackage} && ${npmPackage} --version`;
  const found = spawnSync('npx', ['--yes', '-p', `${npmPackage}@${version}`, '-c', script], {
    encoding: 'utf8',
  });
  const [file = '', ...said] = (found.stdout ?? '').trim().split('\n');
  if (found.status !== 0 || !said.join(' ').includes(version)) {
    const output = `${found.stdout ?? ''}${found.stderr ?? ''}`.trim();
    const why = found.error?.message ?? output.split('\n').slice(0, 2).join(' ');
    return { reason: `npm cannot install ${name} ${version}, or it does not run here: ${why}` };
  }
  return { command: realpathSync(file), args };
}
