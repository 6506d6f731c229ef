// @ts-check
// The programs that only checks and rehearsals of releases use, and other versions of Node.js. .ci/tools has their lockfile,
// so that `npm ci` of the repository does not bring them (some 870 MB).
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What `npm run` sets for its scripts. With it npm would take the repository for the project. */
const ofScripts =
  /^(?:npm_(?:package|lifecycle)_|npm_config_(?:local_prefix|engine_strict)$|INIT_CWD$)/;

/**
 * The environment of this process without what `npm run` sets.
 *
 * @returns {Record<string, string | undefined>}
 */
export function outerEnvironment() {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter(([name]) => !ofScripts.test(name)));
}

/**
 * Installs them when they are missing, or those of another lockfile.
 *
 * @param {string} root of the repository
 * @returns {string} the folder `node_modules` that has them
 */
export function installTools(root) {
  const folder = join(root, '.ci', 'tools');
  const modules = join(folder, 'node_modules');
  const lockfile = join(folder, 'package-lock.json');
  const installed = join(modules, '.installed-lock.json');
  if (!existsSync(installed) || !readFileSync(installed).equals(readFileSync(lockfile))) {
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    const { status, error } = spawnSync('npm', args, {
      cwd: folder,
      env: outerEnvironment(),
      stdio: 'inherit',
    });
    if (error) throw error;
    if (status !== 0) throw new Error('The locked tools could not be installed: see above');
    // `node` stays the one that runs the scripts.
    rmSync(join(modules, '.bin', 'node'), { force: true });
    copyFileSync(lockfile, installed);
  }
  return modules;
}
