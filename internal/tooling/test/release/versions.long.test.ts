// The versions that `npm run version` gives, in a copy of the working tree.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkManifests } from '../../src/manifests/manifest-rules.mjs';
import { readWorkspaces } from '../../src/manifests/workspaces.mjs';
import { applyChangesets, commit, copyWorkingTree } from '../../src/release/working-copy.mjs';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'evolock-versions-'));
  copyWorkingTree(root, copy);
  applyChangesets(root, copy);
  commit(copy);
});
afterAll(() => {
  rmSync(copy, { recursive: true });
});

/** The published packages of the copy, and their versions. */
function versions(): Map<string, string> {
  const published = readWorkspaces(copy).filter(({ manifest }) => !manifest.private);
  return new Map(published.map(({ manifest: { name, version } }) => [name, version]));
}

describe('the changesets of the repository', () => {
  test('make 0.1.0 the first version of every package', () => {
    const first = readWorkspaces(root).filter(
      ({ manifest }) => !manifest.private && manifest.version === '0.0.0',
    );
    const made = versions();
    for (const { manifest } of first)
      expect([manifest.name, made.get(manifest.name)]).toEqual([manifest.name, '0.1.0']);
  });

  test('leave ranges that the new versions satisfy, private workspaces included', () => {
    expect(checkManifests(readWorkspaces(copy))).toEqual([]);
  });
});

describe('a later fix of mlocked-bytes', () => {
  /** Every package that installs mlocked-bytes, at any depth. */
  const above = [
    'cardano-dmq',
    'cardano-kes',
    'direct-serialise-io',
    'dsign-ed25519',
    'kes-agent',
    'kes-cli',
    'kes-single',
    'kes-sum',
    'kes-verify-pool',
    'mlocked-bytes',
    'mlocked-seed',
    'vrf-praos',
  ].map((name) => `@evolock/${name}`);

  let before: Map<string, string>;
  beforeAll(() => {
    before = versions();
    const changeset = "---\n'@evolock/mlocked-bytes': patch\n---\n\nA fix.\n";
    writeFileSync(join(copy, '.changeset', 'fix.md'), changeset);
    applyChangesets(root, copy);
  });

  test('gives a new version to every package that installs it, and to no other', () => {
    const changed = [...versions()].filter(([name, version]) => before.get(name) !== version);
    expect(changed.map(([name]) => name).sort()).toEqual(above);
  });

  test('is required by the package above it, so an update of that package installs the fix', () => {
    const seed = readWorkspaces(copy).find(({ folder }) => folder === 'packages/mlocked-seed');
    const range = seed?.manifest.dependencies?.['@evolock/mlocked-bytes'];
    expect(range).toBe(`^${versions().get('@evolock/mlocked-bytes') ?? ''}`);
  });
});
