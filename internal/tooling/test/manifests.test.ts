// The repository passes the check of the manifests, and the check finds each planted violation.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkManifests } from '../src/manifests/manifest-rules.mjs';
import { readWorkspaces, type Manifest } from '../src/manifests/workspaces.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const pin = '^1.0.0';

/** The manifests of a repository without violations. */
function sound() {
  return [
    workspace('direct-serialise', { devDependencies: { '@evolock/test-vectors': pin } }),
    workspace('mlocked-bytes', {
      dependencies: { '@evolock/direct-serialise': pin, 'sodium-native': '5.1.0' },
    }),
    workspace('mlocked-seed', {
      dependencies: { '@evolock/direct-serialise': pin, '@evolock/mlocked-bytes': pin },
      devDependencies: { '@evolock/test-vectors': pin },
    }),
    workspace('dsign-ed25519', { dependencies: { '@evolock/mlocked-seed': pin } }),
    workspace('test-vectors', {}),
    {
      folder: 'internal/proof',
      hasReadme: false,
      manifest: {
        ...manifest('proof', 'proof'),
        private: true,
        dependencies: { '@evolock/mlocked-bytes': pin, '@evolock/dsign-ed25519': pin },
        devDependencies: { '@evolock/test-vectors': pin },
      },
    },
  ];
}

function workspace(name: string, parts: Partial<Manifest>) {
  const folder = `packages/${name}`;
  return { folder, hasReadme: true, manifest: { ...manifest(name, folder), ...parts } };
}

function manifest(name: string, folder: string): Manifest {
  return {
    name: `@evolock/${name}`,
    version: '1.2.3',
    type: 'module',
    license: 'Apache-2.0',
    engines: { node: '^20.19 || >=22.12' },
    repository: { directory: folder },
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
    files: ['dist'],
    publishConfig: { access: 'public' },
  };
}

/** The violations after some members of one manifest are replaced. */
function planting(name: string, parts: Partial<Manifest>) {
  return checkManifests(
    sound().map((each) =>
      each.manifest.name === `@evolock/${name}`
        ? { ...each, manifest: { ...each.manifest, ...parts } }
        : each,
    ),
  );
}

describe('the manifests', () => {
  test('of the repository are sound', () => {
    expect(checkManifests(readWorkspaces(root))).toEqual([]);
  });

  test('of the example are sound', () => {
    expect(checkManifests(sound())).toEqual([]);
  });

  test('name the entries whose sources tsconfig.json names, and whose declarations are built', () => {
    const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
    const typed = readWorkspaces(root).flatMap(({ manifest: { name, exports, scripts } }) =>
      Object.entries(exports ?? {})
        .filter(([, target]) => Object.hasOwn(target, 'types'))
        .map(([entry]) => ({ entry: name + entry.slice(1), built: scripts?.['declarations'] })),
    );
    expect(typed.map(({ entry }) => entry).sort()).toEqual(
      Object.keys(compilerOptions.paths).sort(),
    );
    expect(typed.filter(({ built }) => built === undefined)).toEqual([]);
  });
});

const skipped = { '@evolock/mlocked-bytes': pin };
const upward = { '@evolock/dsign-ed25519': pin };
const vectors = { '@evolock/test-vectors': pin };

describe('the check finds', () => {
  test.each<[string, string, Partial<Manifest>, RegExp]>([
    [
      'a skipped layer',
      'dsign-ed25519',
      { dependencies: skipped },
      /dependencies has @evolock\/mlocked-bytes/,
    ],
    [
      'a skipped layer among peers',
      'dsign-ed25519',
      { peerDependencies: skipped },
      /peerDependencies has @evolock\/mlocked-bytes/,
    ],
    [
      'a skipped layer among the optional',
      'dsign-ed25519',
      { optionalDependencies: skipped },
      /optionalDependencies has @evolock\/mlocked-bytes/,
    ],
    [
      'an upward dependency',
      'mlocked-bytes',
      { dependencies: upward },
      /dependencies has @evolock\/dsign-ed25519/,
    ],
    [
      'an upward devDependency',
      'mlocked-bytes',
      { devDependencies: upward },
      /devDependencies has @evolock\/dsign-ed25519/,
    ],
    [
      'test vectors as a dependency',
      'mlocked-seed',
      { dependencies: vectors },
      /for devDependencies alone/,
    ],
    [
      'test vectors as a dependency of the proof',
      'proof',
      { dependencies: vectors },
      /for devDependencies alone/,
    ],
    [
      'test vectors that use a package',
      'test-vectors',
      { devDependencies: skipped },
      /may have @evolock\/test-support$/,
    ],
    [
      'a package of the repository in the shared one',
      'direct-serialise',
      { dependencies: skipped },
      /depends on nothing/,
    ],
    [
      'a foreign package in the shared one',
      'direct-serialise',
      { dependencies: { ms: '2.1.3' } },
      /depends on nothing/,
    ],
    [
      'a range for sodium-native',
      'mlocked-bytes',
      { dependencies: { 'sodium-native': '^5.1.0' } },
      /not exactly 5\.1\.0/,
    ],
    [
      'another sodium-native',
      'mlocked-bytes',
      { dependencies: { 'sodium-native': '5.0.0' } },
      /not exactly 5\.1\.0/,
    ],
    [
      'sodium-native in the proof',
      'proof',
      { dependencies: { 'sodium-native': '5.1.0' } },
      /belongs to the packages/,
    ],
    [
      'sodium-native in a package apart',
      'test-vectors',
      { dependencies: { 'sodium-native': '5.1.0' } },
      /belongs to the packages/,
    ],
    [
      'a range the workspace does not satisfy',
      'mlocked-seed',
      { dependencies: { '@evolock/mlocked-bytes': '^2.0.0' } },
      /does not satisfy/,
    ],
    [
      'a package that is not a workspace',
      'proof',
      { dependencies: { '@evolock/none': pin } },
      /is not a workspace/,
    ],
    [
      'a package without a place',
      'mlocked-seed',
      { name: '@evolock/new' },
      /no place in the ladder/,
    ],
    ['CommonJS', 'mlocked-seed', { type: 'commonjs' }, /type/],
    ['another Node', 'mlocked-seed', { engines: { node: '>=20.19' } }, /engines\.node/],
    ['another licence', 'mlocked-seed', { license: 'MIT' }, /license/],
    [
      'exports without default',
      'mlocked-seed',
      { exports: { '.': { types: './a.d.ts', import: './a.js' } } },
      /no "default" condition/,
    ],
    ['no exports', 'mlocked-seed', { exports: undefined }, /no "\." entry/],
    [
      'restricted access',
      'mlocked-seed',
      { publishConfig: { access: 'restricted' } },
      /publishConfig/,
    ],
    ['unlisted files', 'mlocked-seed', { files: ['src'] }, /files/],
    [
      'another directory',
      'mlocked-seed',
      { repository: { directory: 'mlocked-seed' } },
      /repository\.directory/,
    ],
  ])('%s', (_, name, parts, violation) => {
    const found = planting(name, parts);
    expect(found).toContainEqual(expect.stringMatching(violation));
    expect(found[0]).toMatch(/^(?:packages\/[\w-]+|internal\/proof)\/package\.json: /);
  });

  test('a missing README', () => {
    const found = checkManifests(sound().map((each) => ({ ...each, hasReadme: false })));
    expect(found).toContain('packages/mlocked-bytes/package.json: README.md is missing');
    expect(found.join()).not.toContain('proof');
  });
});
