import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { copyPackageAsVersion } from '@evolock/test-support';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ours = fileURLToPath(new URL('..', import.meta.url));
const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const THEIR_VERSION = '99.0.0';

let folder: string;

/** Copies a built package to a place where the copies find each other. */
function copyPackage(from: string, name: string): void {
  const to = join(folder, 'node_modules', '@evolock', name);
  mkdirSync(to, { recursive: true });
  copyPackageAsVersion(from, to, THEIR_VERSION);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'evolock-copies-'));
  const { resolve } = createRequire(import.meta.url);
  copyPackage(ours, 'mlocked-seed');
  for (const name of ['mlocked-bytes', 'direct-serialise']) {
    copyPackage(dirname(resolve(`@evolock/${name}/package.json`)), name);
  }
  // The other packages are those of the repository: one sodium-native for both.
  for (const name of ['sodium-native', 'require-addon', 'bare-addon-resolve']) {
    symlinkSync(join(modules, name), join(folder, 'node_modules', name), 'junction');
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a seed of another copy of the packages is refused by name', () => {
  const copy = join(folder, 'node_modules', '@evolock', 'mlocked-seed', 'dist', 'index.js');
  const script = `
    const ours = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    const theirs = await import(${JSON.stringify(pathToFileURL(copy).href)});
    const seed = ours.MLockedSeed.newRandom(32);
    const other = theirs.MLockedSeed.newRandom(32);
    const refusal = (use) => {
      try {
        return use();
      } catch ({ code, message }) {
        return { code, message };
      }
    };
    console.log(JSON.stringify([
      refusal(() => seed.equals(other)),
      refusal(() => ours.checkSeed('seed', other)),
      refusal(() => theirs.checkSeed('seed', seed)),
    ]));
  `;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  const duplicate = { code: 'ERR_EVOLOCK_DUPLICATE_PACKAGE' };
  const named = { ...duplicate, message: expect.stringContaining(THEIR_VERSION) as string };
  expect(JSON.parse(stdout)).toMatchObject([named, named, named]);
});
