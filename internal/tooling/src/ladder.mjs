// The order of the packages: the one place that says which may lean on which.
// The lint rules (ladder-lint.mjs) and the check of the manifests (manifest-rules.mjs) both follow from it,
// so a new package is one more entry here.

/** What every package name begins with. */
export const scope = '@evolock/';

/**
 * One package's place.
 *
 * - `below`: the package directly underneath, or the packages: the only rungs it may use.
 * - `role`: a `rung` stands in the ladder; a `shared` package may be used by every rung (one that is `testsOnly`, by the
 *   tests of every package) and uses nothing at all; a package that stands `apart` uses no other package of the repository; a `program` stands on top: it may use every
 *   rung, has a command and no exports, and nothing uses it.
 * - `testsOnly`: other packages may hold it among their devDependencies and nowhere else.
 * - `folder`: where it stands, if not under `packages`.
 *
 * @typedef {{ name: string, role: 'rung' | 'shared' | 'apart' | 'program', below?: string | readonly string[], testsOnly?: boolean, folder?: string }} Layer
 */

/** @type {readonly Layer[]} */
export const ladder = [
  { name: 'direct-serialise', role: 'shared' },
  { name: 'test-support', role: 'shared', testsOnly: true, folder: 'internal/test-support' },
  { name: 'mlocked-bytes', role: 'rung' },
  { name: 'direct-serialise-io', role: 'rung', below: 'mlocked-bytes' },
  { name: 'mlocked-seed', role: 'rung', below: 'mlocked-bytes' },
  {
    name: 'test-keys',
    role: 'rung',
    below: 'mlocked-seed',
    testsOnly: true,
    folder: 'internal/test-keys',
  },
  { name: 'dsign-ed25519', role: 'rung', below: 'mlocked-seed' },
  { name: 'kes-single', role: 'rung', below: 'dsign-ed25519' },
  { name: 'kes-sum', role: 'rung', below: 'kes-single' },
  { name: 'kes-verify-pool', role: 'rung', below: 'kes-sum' },
  { name: 'cardano-kes', role: 'rung', below: ['kes-sum', 'direct-serialise-io'] },
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
  'internal/proof',
  'internal/tooling',
];

/** The native module, which only a rung may use, and the one version for which the residue proofs hold. */
export const native = { name: 'sodium-native', version: '5.1.0' };
