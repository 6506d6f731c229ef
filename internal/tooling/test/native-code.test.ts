// Native code can read all memory of a process that holds keys, and the residue proofs hold for one add-on only.
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { readWorkspaces } from '../src/manifests/workspaces.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const published = readWorkspaces(root).filter(({ manifest }) => !manifest.private);

/** Every entry that a program can import, and the command with `--version`. */
const entries = published.flatMap(({ folder, manifest }) => {
  const commands = manifest.bin?.['kes'] === undefined ? [] : ['./dist/main.cjs'];
  const targets = Object.values(manifest.exports as Record<string, { default?: string }>);
  const files = [...targets.flatMap((target) => target.default ?? []), ...commands];
  return files
    .filter((file) => file.endsWith('.js'))
    .map((file) => pathToFileURL(join(root, folder, file)).href);
});

test('is sodium-native alone, with every entry of every package loaded', () => {
  const script = `
    process.argv.push('--version');
    for (const entry of ${JSON.stringify(entries)}) await import(entry);
    process.on('exit', () => {
      const { sharedObjects } = process.report.getReport();
      console.log(JSON.stringify(sharedObjects.filter((name) => name.endsWith('.node'))));
    });
  `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  const loaded = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as string[];
  expect(entries.length).toBeGreaterThan(20);
  expect(loaded.map((name) => basename(name))).toEqual(['sodium-native.node']);
});
