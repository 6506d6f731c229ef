import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { haskellFile, type HaskellRun } from '../oracle/files/haskell.js';
import { vectorFiles } from '../oracle/files/vector-files.js';
import { externalVectors } from '../src/index.js';

const files = vectorFiles();

test.each([...files])('%s is what the oracle generates', (name, text) => {
  const shipped = readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8');
  expect(shipped === text).toBe(true);
});

const haskell = externalVectors('haskell/kes.json');

test.skipIf(!haskell.available)(
  haskell.available ? 'kes-haskell.json holds the values of the Haskell run' : haskell.reason,
  () => {
    const shipped = readFileSync(new URL('../vectors/kes-haskell.json', import.meta.url), 'utf8');
    expect(haskell.available && haskellFile(haskell.data as HaskellRun) === shipped).toBe(true);
  },
);

test('the generator names the versions that it is built from', () => {
  const manifest = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  ) as { devDependencies: Record<string, string> };
  const { generator } = JSON.parse(files.get('ed25519.json') ?? '') as { generator: string };
  for (const name of ['@noble/curves', '@noble/hashes']) {
    expect(generator).toContain(`${name} ${manifest.devDependencies[name]}`);
  }
});

test('all files are of one version', () => {
  const versions = [...files.values()].map(
    (text) => (JSON.parse(text) as { schemaVersion: number }).schemaVersion,
  );
  expect(new Set(versions)).toEqual(new Set([4]));
});
