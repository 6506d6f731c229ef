// @ts-check
// The order of the packages, which decides which package may use which: test/repository.test.ts holds the manifests to it,
// and lint the imports to the manifests. A new package needs one entry here.

/** The scope of every package name. */
export const scope = '@evolock/';

/**
 * The place of one package.
 *
 * - `below`: the packages directly underneath, the only rungs that it may use.
 * - `role`:
 *   - `rung`: a package of the ladder.
 *   - `shared`: every rung may use it, or, when it is `testsOnly`, the tests of every package. It uses no package.
 *   - `apart`: it uses no other package of the repository.
 *   - `program`: it may use every rung, has a command and no exports, and no package uses it.
 * - `testsOnly`: other packages may have it in their devDependencies only.
 * - `folder`: its folder, when that is not `packages/NAME`.
 *
 * @typedef {{ name: string, role: 'rung' | 'shared' | 'apart' | 'program', below?: readonly string[], testsOnly?: boolean, folder?: string }} Layer
 */

/** @type {readonly Layer[]} */
export const ladder = [
  { name: 'direct-serialise', role: 'shared' },
  { name: 'test-support', role: 'shared', testsOnly: true, folder: 'internal/test-support' },
  { name: 'mlocked-bytes', role: 'rung' },
  { name: 'direct-serialise-io', role: 'rung', below: ['mlocked-bytes'] },
  { name: 'mlocked-seed', role: 'rung', below: ['mlocked-bytes'] },
  {
    name: 'command-line',
    role: 'rung',
    below: ['direct-serialise-io'],
    folder: 'internal/command-line',
  },
  {
    name: 'test-keys',
    role: 'rung',
    below: ['mlocked-seed'],
    testsOnly: true,
    folder: 'internal/test-keys',
  },
  { name: 'dsign-ed25519', role: 'rung', below: ['mlocked-seed'] },
  { name: 'vrf-praos', role: 'rung', below: ['mlocked-seed'] },
  { name: 'kes-single', role: 'rung', below: ['dsign-ed25519'] },
  { name: 'kes-sum', role: 'rung', below: ['kes-single'] },
  { name: 'kes-verify-pool', role: 'rung', below: ['kes-sum'] },
  { name: 'cardano-kes', role: 'rung', below: ['kes-sum', 'vrf-praos', 'direct-serialise-io'] },
  { name: 'kes-agent', role: 'rung', below: ['cardano-kes', 'kes-sum', 'direct-serialise-io'] },
  { name: 'cardano-dmq', role: 'rung', below: ['cardano-kes', 'kes-sum'] },
  { name: 'kes-verify', role: 'rung', below: ['cardano-kes'] },
  {
    name: 'sealed-log',
    role: 'rung',
    below: ['kes-sum', 'kes-verify-pool', 'direct-serialise-io', 'kes-verify', 'command-line'],
  },
  { name: 'kes-cli', role: 'program' },
  { name: 'test-vectors', role: 'apart', testsOnly: true },
  { name: 'memory-scan', role: 'apart', testsOnly: true },
];

/**
 * Folders of private workspaces which no workspace depends on. They may use every package.
 *
 * @type {readonly string[]}
 */
export const unrestricted = [
  'examples',
  'internal/abuse',
  'internal/bench',
  'internal/conformance',
  'internal/proof',
  'internal/tooling',
  'site',
];

/** The native module, which only rungs may use, and a program, which contains them. The residue proofs hold for this version only. */
export const native = { name: 'sodium-native', version: '5.1.0' };

/** @param {string} name */
export function layerNamed(name) {
  return ladder.find((layer) => layer.name === name);
}

/**
 * The packages that it may import and depend on, without scope.
 *
 * @param {Layer} layer
 */
export function mayUse(layer) {
  if (layer.role === 'program')
    return ladder
      .filter(({ role, testsOnly }) => !testsOnly && (role === 'rung' || role === 'shared'))
      .map(({ name }) => name);
  if (layer.role !== 'rung') return [];
  const shared = ladder.filter(
    (each) => each.role === 'shared' && (layer.testsOnly || !isOfAllTests(each)),
  );
  return [...(layer.below ?? []), ...shared.map(({ name }) => name)];
}

/**
 * The packages that the tests of a package may use: all that do not depend on the package, so that the build has no
 * cycle. A package with the role `shared` uses none. A package with the role `apart` uses shared packages only.
 *
 * @param {Layer} layer @returns {string[]} names without scope
 */
export function testsMayUse(layer) {
  if (isOfAllTests(layer)) return [];
  return ladder
    .filter((other) => other !== layer && !standsOn(other, layer))
    .filter((other) => layer.role !== 'apart' || isOfAllTests(other))
    .map(({ name }) => name);
}

/**
 * Whether the tests of every package may use it.
 *
 * @param {Layer} layer
 */
function isOfAllTests({ role, testsOnly }) {
  return role === 'shared' && testsOnly === true;
}

/**
 * @param {Layer} upper
 * @param {Layer} lower
 * @returns {boolean} whether `upper` uses `lower`, directly or through others
 */
function standsOn(upper, lower) {
  return mayUse(upper).some((name) => {
    const next = layerNamed(name);
    return next === lower || (next !== undefined && standsOn(next, lower));
  });
}
