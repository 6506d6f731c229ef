// The package managers that users install with. Packages of @evolock come from the registry on the loopback, the others
// from the registry of this machine.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';

/**
 * @typedef {object} Manager
 * @property {string} name
 * @property {(project: string, args: readonly string[]) => Promise<void>} install adds packages to a project
 */

/**
 * @param {string} registry the registry on the loopback
 * @param {string} cache a folder: what other runs have published under the same version is not taken from a cache
 * @returns {Manager}
 */
export function npm(registry, cache) {
  return {
    name: 'npm',
    async install(project, args) {
      writeFileSync(join(project, '.npmrc'), `@evolock:registry=${registry}\ncache=${cache}\n`);
      await run(project, 'npm', ['install', '--no-audit', '--no-fund', ...args]);
    },
  };
}

/**
 * A package finds in the layout of pnpm only what its manifest names. `hoist=false` takes the last exception away.
 *
 * @param {string} registry
 * @param {string} cache
 * @param {string} program the file of pnpm
 * @returns {Manager}
 */
export function pnpm(registry, cache, program) {
  const settings = [`@evolock:registry=${registry}`, `store-dir=${cache}`, `cache-dir=${cache}`];
  return {
    name: 'pnpm',
    async install(project, args) {
      writeFileSync(join(project, '.npmrc'), [...settings, 'hoist=false', ''].join('\n'));
      await run(project, process.execPath, [program, 'add', '--silent', ...args]);
    },
  };
}
