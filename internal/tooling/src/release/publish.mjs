// Builds the packages at their next versions, in a copy of the working tree, and publishes them from there.
import { cpSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWorkspaces } from '../manifests/workspaces.mjs';
import { run } from './command.mjs';
import { applyChangesets, copyWorkingTree, linkInstalled } from './working-copy.mjs';

/** @typedef {import('../manifests/workspaces.mjs').Workspace} Workspace */

/**
 * The declarations do not contain the version, so they come from the repository, where `npm run build` has made them.
 *
 * @param {string} root the repository
 * @param {string} copy an empty folder
 * @returns {Promise<Workspace[]>} the packages, at their next versions
 */
export async function buildNextVersions(root, copy) {
  copyWorkingTree(root, copy);
  applyChangesets(root, copy);
  const workspaces = readWorkspaces(copy);
  linkInstalled(
    root,
    copy,
    workspaces.map(({ folder }) => folder),
  );
  const turbo = ['internal/tooling/turbo.mjs', 'run', 'build', '--filter=./packages/*'];
  await run(copy, process.execPath, turbo);
  const packages = workspaces.filter(({ manifest }) => !manifest.private);
  for (const { folder } of packages) {
    cpSync(join(root, folder, 'dist'), join(copy, folder, 'dist'), {
      recursive: true,
      filter: (path) => path.endsWith('.d.ts') || statSync(path).isDirectory(),
    });
  }
  return packages;
}

/**
 * Publishes as `npm run release` does.
 *
 * @param {string} copy
 * @param {string} registry the registry on the loopback
 */
export async function publish(copy, registry) {
  const npmrc = join(copy, '.npmrc-of-the-loopback');
  // npm publishes only with a token. The registry takes any.
  writeFileSync(npmrc, `${registry.replace('http:', '')}:_authToken=any\n`);
  const environment = { npm_config_registry: registry, npm_config_userconfig: npmrc };
  const changesets = join('node_modules', '@changesets', 'cli', 'bin.js');
  await run(copy, process.execPath, [changesets, 'publish'], environment);
}
