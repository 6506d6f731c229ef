// @ts-check
// The order of the packages, which decides which package may use which: test/repository.test.ts holds the manifests to it,
// and lint the imports to the manifests. A new package needs one entry here.

/** The scope of every package name. */
export const scope = '@evolock/';

/** The native module. The residue proofs hold for this version only. */
export const native = { name: 'sodium-native', version: '5.1.0' };

/** Its interface is that of all layers. */
const shared = 'direct-serialise';

/**
 * The place of one package.
 *
 * - `below`: exactly what its manifest depends on, of the repository and of native code. Tests may use more: what they use
 *   does not depend on the package, else the build would have a cycle, which turbo refuses.
 * - `builtIn`: what its build contains and users do not install with it, of the repository and of others. Its manifest names
 *   these as devDependencies.
 * - `isPrivate`: it is not published. Tests use it, or a build contains it.
 *
 * @typedef {{ name: string, below: readonly string[], builtIn?: readonly string[], isPrivate?: true }} Layer
 */

/** @type {readonly Layer[]} */
export const ladder = [
  { name: shared, below: [] },
  { name: 'test-support', below: [], isPrivate: true },
  { name: 'mlocked-bytes', below: [shared, native.name] },
  { name: 'direct-serialise-io', below: [shared, 'mlocked-bytes'] },
  { name: 'mlocked-seed', below: [shared, 'mlocked-bytes'] },
  { name: 'command-line', below: [shared, 'direct-serialise-io'], isPrivate: true },
  { name: 'test-keys', below: [shared, 'mlocked-seed', 'test-support'], isPrivate: true },
  { name: 'dsign-ed25519', below: [shared, 'mlocked-seed'] },
  { name: 'vrf-praos', below: [shared, 'mlocked-seed'] },
  { name: 'kes-single', below: [shared, 'dsign-ed25519'] },
  { name: 'kes-sum', below: [shared, 'kes-single'] },
  { name: 'verify-threads', below: [shared, 'kes-sum'] },
  { name: 'kes-verify', below: [shared] },
  { name: 'cardano-headers', below: [shared, 'kes-verify'] },
  {
    name: 'cardano-kes',
    below: [
      ...[shared, 'kes-sum', 'vrf-praos', 'cardano-headers', 'direct-serialise-io'],
      'verify-threads',
    ],
    // To install it would install a native add-on.
    builtIn: ['cbor-x'],
  },
  {
    name: 'kes-agent',
    below: [shared, 'cardano-headers', 'cardano-kes', 'kes-sum', 'direct-serialise-io'],
  },
  { name: 'cardano-dmq', below: [shared, 'cardano-headers', 'cardano-kes', 'kes-sum'] },
  {
    name: 'sealed-log',
    below: [
      ...[shared, 'kes-sum', 'verify-threads', 'direct-serialise-io', 'kes-verify'],
      native.name,
    ],
    builtIn: ['command-line'],
  },
  {
    name: 'kes-cli',
    // A command that nothing imports: users install what it loads from its own files, and nothing else.
    below: [native.name],
    builtIn: [
      ...[shared, 'cardano-dmq', 'cardano-headers', 'cardano-kes', 'command-line'],
      ...['direct-serialise-io', 'kes-agent', 'kes-sum'],
    ],
  },
  { name: 'test-vectors', below: [], builtIn: [shared] },
  { name: 'memory-scan', below: [], builtIn: [shared] },
];
