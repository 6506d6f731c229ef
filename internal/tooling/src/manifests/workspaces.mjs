// Reads the manifests of the repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The members of a package.json that the rules read.
 *
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {string} [type]
 * @property {string} [license]
 * @property {Record<string, string>} [engines]
 * @property {unknown} [exports]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [bin]
 * @property {{ access?: string }} [publishConfig]
 * @property {string[]} [files]
 * @property {{ directory?: string }} [repository]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/** @typedef {{ folder: string, manifest: Manifest, hasReadme: boolean }} Workspace */

/**
 * @param {string} root the repository
 * @returns {Workspace[]} every workspace the root manifest names
 */
export function readWorkspaces(root) {
  const { workspaces } = /** @type {{ workspaces: string[] }} */ (
    readJson(join(root, 'package.json'))
  );
  return workspaces
    .flatMap((pattern) => foldersOf(root, pattern))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => readWorkspace(root, folder));
}

/**
 * @param {string} root
 * @param {string} folder relative to the root
 * @returns {Workspace}
 */
function readWorkspace(root, folder) {
  return {
    folder,
    manifest: /** @type {Manifest} */ (readJson(join(root, folder, 'package.json'))),
    hasReadme: existsSync(join(root, folder, 'README.md')),
  };
}

/**
 * @param {string} root
 * @param {string} pattern a folder, or all folders in one: `packages/*`
 * @returns {string[]}
 */
function foldersOf(root, pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${parent}/${name}`)
    .sort();
}

/**
 * @param {string} path
 * @returns {unknown}
 */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
