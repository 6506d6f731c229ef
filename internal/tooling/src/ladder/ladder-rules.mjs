// The ladder as rules for manifests: which package may depend on which.
import semver from 'semver';
import { native, scope, unrestricted } from './ladder.mjs';
import { layerNamed, mayUse, testsMayUse } from './layers.mjs';

/** @typedef {import('./ladder.mjs').Layer} Layer */
/** @typedef {import('../manifests/workspaces.mjs').Workspace} Workspace */
/** @typedef {import('../manifests/workspaces.mjs').Manifest} Manifest */
/** @typedef {{ section: Section, name: string, range: string }} Dependency */
/** @typedef {typeof published[number] | 'devDependencies'} Section */

/** Sections whose packages npm installs for a user. */
const published = /** @type {const} */ ([
  'dependencies',
  'peerDependencies',
  'optionalDependencies',
]);

/**
 * @param {Workspace} workspace
 * @param {readonly Workspace[]} all
 * @returns {string[]} violations
 */
export function checkLadder({ folder, manifest }, all) {
  const dependencies = dependenciesOf(manifest);
  return [
    ...dependencies.flatMap((dependency) => checkTestsOnly(dependency, layerOf(manifest))),
    ...dependencies.flatMap((dependency) => checkRange(dependency, all)),
    ...dependencies.flatMap((dependency) => checkNativeVersion(dependency)),
    ...(unrestricted.includes(folder)
      ? dependencies.flatMap((dependency) => checkNativeUser(dependency, undefined))
      : checkPlace(manifest, dependencies)),
  ];
}

/**
 * @param {Manifest} manifest
 * @returns {Layer | undefined}
 */
function layerOf({ name }) {
  return layerNamed(name.replace(scope, ''));
}

/**
 * @param {Manifest} manifest
 * @returns {Dependency[]}
 */
function dependenciesOf(manifest) {
  return [...published, /** @type {const} */ ('devDependencies')].flatMap((section) =>
    Object.entries(manifest[section] ?? {}).map(([name, range]) => ({ section, name, range })),
  );
}

/**
 * @param {Manifest} manifest
 * @param {readonly Dependency[]} dependencies
 * @returns {string[]}
 */
function checkPlace(manifest, dependencies) {
  const layer = layerOf(manifest);
  if (!layer)
    return [`has no place in the ladder: give it one in internal/tooling/src/ladder/ladder.mjs`];
  return dependencies.flatMap((dependency) => [
    ...checkLayer(dependency, layer),
    ...checkNativeUser(dependency, layer),
    ...checkShared(dependency, layer),
  ]);
}

/**
 * @param {Dependency} dependency
 * @param {Layer} layer
 * @returns {string[]}
 */
function checkLayer({ section, name }, layer) {
  if (!name.startsWith(scope)) return [];
  const allowed = section === 'devDependencies' ? testsMayUse(layer) : mayUse(layer);
  if (allowed.includes(name.slice(scope.length))) return [];
  return [
    `${section} has ${name}, but may have ${allowed.map((each) => scope + each).join(', ') || 'no package of the repository'}`,
  ];
}

/**
 * @param {Dependency} dependency
 * @param {Layer | undefined} layer
 * @returns {string[]}
 */
function checkTestsOnly({ section, name }, layer) {
  if (layer?.testsOnly) return [];
  const testsOnly = name.startsWith(scope) && layerNamed(name.slice(scope.length))?.testsOnly;
  return testsOnly && section !== 'devDependencies'
    ? [`${section} has ${name}, which is for devDependencies alone`]
    : [];
}

/**
 * @param {Dependency} dependency
 * @param {Layer} layer
 * @returns {string[]}
 */
function checkShared({ section, name }, layer) {
  return layer.role === 'shared' && section !== 'devDependencies'
    ? [`${section} has ${name}, but the package that all share depends on nothing`]
    : [];
}

/**
 * A program contains the rungs, and loads the native module itself.
 *
 * @param {Layer | undefined} layer
 * @returns {boolean}
 */
function mayLoadNative(layer) {
  return layer?.role === 'rung' || layer?.role === 'program';
}

/**
 * @param {Dependency} dependency
 * @param {Layer | undefined} layer
 * @returns {string[]}
 */
function checkNativeUser({ section, name }, layer) {
  return name === native.name && section !== 'devDependencies' && !mayLoadNative(layer)
    ? [`${section} has ${name}, which belongs to the packages of the ladder`]
    : [];
}

/**
 * @param {Dependency} dependency
 * @returns {string[]}
 */
function checkNativeVersion({ section, name, range }) {
  return name === native.name && range !== native.version
    ? [`${section} has ${name} at ${range}, not exactly ${native.version}`]
    : [];
}

/**
 * npm installs a package from the registry when no workspace satisfies its range.
 *
 * @param {Dependency} dependency
 * @param {readonly Workspace[]} all
 * @returns {string[]}
 */
function checkRange({ section, name, range }, all) {
  if (!name.startsWith(scope)) return [];
  const target = all.find(({ manifest }) => manifest.name === name)?.manifest;
  if (!target) return [`${section} has ${name}, which is not a workspace`];
  return semver.satisfies(target.version, range)
    ? []
    : [`${section} has ${name} at ${range}, which its version ${target.version} does not satisfy`];
}
