// Runs `npm run version` in a copy of the manifests.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkManifests } from '../src/manifests/manifest-rules.mjs';
import { readWorkspaces } from '../src/manifests/workspaces.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const changeset = join(root, 'node_modules', '@changesets', 'cli', 'bin.js');
const before = readWorkspaces(root);
const published = before.filter(({ manifest }) => !manifest.private);

describe('the changesets', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'evolock-release-'));
    const manifests = before.map(({ folder }) => join(folder, 'package.json'));
    for (const path of ['package.json', 'package-lock.json', '.changeset', ...manifests]) {
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    for (const { folder } of published) {
      cpSync(join(root, folder, 'README.md'), join(copy, folder, 'README.md'));
    }
    // changesets reads the git history.
    git('init', '--quiet');
    git('add', '--all');
    git('-c', 'user.name=a', '-c', 'user.email=a@a', 'commit', '--quiet', '--message=a');
    const { status, stderr } = spawnSync(process.execPath, [changeset, 'version'], {
      cwd: copy,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  });
  afterAll(() => {
    rmSync(copy, { recursive: true });
  });

  function git(...args: string[]): void {
    const { status, stderr } = spawnSync('git', args, { cwd: copy, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  }

  it('make 0.1.0 the first version of every package', () => {
    const first = published.filter(({ manifest }) => manifest.version === '0.0.0');
    const after = new Map(readWorkspaces(copy).map(({ folder, manifest }) => [folder, manifest]));
    const versions = first.map(({ folder }) => [folder, after.get(folder)?.version]);
    expect(versions).toEqual(first.map(({ folder }) => [folder, '0.1.0']));
  });

  it('leave ranges that the new versions satisfy, private workspaces included', () => {
    expect(checkManifests(readWorkspaces(copy))).toEqual([]);
  });
});
