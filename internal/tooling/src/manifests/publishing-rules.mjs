// Rules for every manifest, and further rules for those of published packages.

/** @typedef {import('./workspaces.mjs').Workspace} Workspace */
/** @typedef {import('./workspaces.mjs').Manifest} Manifest */

/** Versions in which `require()` of an ES module works without a flag: Node 21, and 22 before 22.12, need one. */
const engine = '^20.19 || >=22.12';

/**
 * @param {Workspace} workspace
 * @returns {string[]} violations
 */
export function checkPublishing(workspace) {
  const { manifest } = workspace;
  return [
    ...(manifest.type === 'module' ? [] : ['type is not "module"']),
    ...(manifest.engines?.['node'] === engine ? [] : [`engines.node is not "${engine}"`]),
    ...(manifest.license === 'Apache-2.0' ? [] : ['license is not "Apache-2.0"']),
    ...(manifest.private ? [] : checkPublished(workspace)),
  ];
}

/**
 * @param {Workspace} workspace
 * @returns {string[]}
 */
function checkPublished({ folder, manifest, hasReadme }) {
  const { files, publishConfig, repository } = manifest;
  return [
    ...(publishConfig?.access === 'public' ? [] : ['publishConfig.access is not "public"']),
    ...(files?.includes('dist') ? [] : ['files does not list "dist"']),
    ...(repository?.directory === folder ? [] : [`repository.directory is not "${folder}"`]),
    ...(hasReadme ? [] : ['README.md is missing']),
    ...(isCommand(manifest) ? checkCommand(manifest) : checkExports(manifest.exports)),
  ];
}

/**
 * Whether a package is a command only. A library may have a command too.
 *
 * @param {Manifest} manifest
 * @returns {boolean}
 */
function isCommand({ bin, exports: exported }) {
  return bin !== undefined && !(isRecord(exported) && exported['.'] !== undefined);
}

/**
 * A command is run and never imported, so it exports no code. It may export data.
 *
 * @param {Manifest} manifest
 * @returns {string[]}
 */
function checkCommand({ exports: exported }) {
  const entries = isRecord(exported) ? Object.keys(exported) : [];
  return entries.includes('./package.json') && entries.every((entry) => entry.endsWith('.json'))
    ? []
    : ['exports of a command are not "./package.json" and other JSON alone'];
}

/**
 * @param {unknown} exported the value of `exports`
 * @returns {string[]}
 */
function checkExports(exported) {
  if (!isRecord(exported) || exported['.'] === undefined) return ['exports has no "." entry'];
  return Object.entries(exported)
    .filter(([, target]) => !reachesRequire(target))
    .map(
      ([path]) => `exports["${path}"] has no "default" condition, so require() does not find it`,
    );
}

/**
 * `require()` does not find an entry that has the condition `import` only. It loads ES modules on every supported Node.
 *
 * @param {unknown} target
 * @returns {boolean}
 */
function reachesRequire(target) {
  if (typeof target === 'string') return true;
  return isRecord(target) && reachesRequire(target['default']);
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
