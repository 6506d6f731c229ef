/** The packages of the repository, with the files that are published, as package managers install them. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWorkspaces } from '../../src/manifests.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const published = new Map(
  readWorkspaces(root)
    .filter(({ manifest }) => manifest.private !== true)
    .map((workspace) => [workspace.manifest.name, workspace]),
);

/**
 * How npm installs packages: all of them in the `node_modules` of the project, where each finds every other.
 *
 * @param names - Packages of the repository, which are copied, and of others, which are linked.
 */
export function installFlat(project: string, names: readonly string[]): void {
  for (const name of names) {
    const place = join(project, 'node_modules', name);
    if (!existsSync(place)) installFlat(project, put(name, place));
  }
}

/** How pnpm installs them without hoisting: each finds only what its manifest names. */
export function installStrictly(project: string, names: readonly string[]): void {
  const store = join(project, 'node_modules', '.store');
  const install = (folder: string, names: readonly string[]): void => {
    for (const name of names) {
      const own = join(store, name.replace('/', '+'));
      const place = join(own, 'node_modules', name);
      if (!existsSync(place)) install(own, put(name, place));
      link(place, join(folder, 'node_modules', name));
    }
  };
  install(project, names);
}

/**
 * Installs packages of others from the registry. As dependencies of the repository they would make every installation some
 * 100 MB larger.
 *
 * @returns what the names of the tests that need them end with: why these are skipped.
 */
export function installByNpm(folder: string, ...packages: readonly string[]): string {
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder];
  const { status, stderr } = spawnSync('npm', [...args, ...packages], { encoding: 'utf8' });
  return status === 0 ? '' : ` (skipped: npm cannot install it: ${stderr.split('\n')[0] ?? ''})`;
}

/** Puts a package at a place, and returns what it depends on. Packages of others find theirs where npm installed them. */
function put(name: string, place: string): string[] {
  const workspace = published.get(name);
  if (workspace === undefined) {
    link(join(root, 'node_modules', name), place);
    return [];
  }
  const { folder, manifest } = workspace;
  for (const file of ['package.json', ...(manifest.files ?? [])])
    if (existsSync(join(root, folder, file)))
      cpSync(join(root, folder, file), join(place, file), { recursive: true });
  return Object.keys(manifest.dependencies ?? {});
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, 'junction');
}
