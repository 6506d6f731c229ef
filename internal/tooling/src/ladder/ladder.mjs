// The order of the packages, which decides which package may use which. The lint rules (ladder-lint.mjs) and the check
// of the manifests (manifest-rules.mjs) are derived from it. A new package needs one entry here.

/** The scope of every package name. */
export const scope = '@evolock/';

/**
 * The place of one package.
 *
 * - `below`: the package or packages directly underneath, the only rungs that it may use.
 * - `role`:
 *   - `rung`: a package of the ladder.
 *   - `shared`: every rung may use it, or, when it is `testsOnly`, the tests of every package. It uses no package.
 *   - `apart`: it uses no other package of the repository.
 *   - `program`: it may use every rung, has a command and no exports, and no package uses it.
 * - `testsOnly`: other packages may have it in their devDependencies only.
 * - `folder`: its folder, when that is not `packages/NAME`.
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
  { name: 'vrf-praos', role: 'rung', below: 'mlocked-seed' },
  { name: 'kes-single', role: 'rung', below: 'dsign-ed25519' },
  { name: 'kes-sum', role: 'rung', below: 'kes-single' },
  { name: 'kes-verify-pool', role: 'rung', below: 'kes-sum' },
  { name: 'cardano-kes', role: 'rung', below: ['kes-sum', 'vrf-praos', 'direct-serialise-io'] },
  {
    name: 'kes-agent',
    role: 'rung',
    below: ['cardano-kes', 'kes-sum', 'direct-serialise-io'],
  },
  { name: 'cardano-dmq', role: 'rung', below: ['cardano-kes', 'kes-sum'] },
  { name: 'kes-verify', role: 'rung', below: 'cardano-kes' },
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
  'internal/vector-generator',
  'site',
];

/** The native module, which only rungs may use, and a program, which contains them. The residue proofs hold for this version only. */
export const native = { name: 'sodium-native', version: '5.1.0' };
