import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { externalVectors } from '@evolock/test-vectors';
import { vectorFiles } from '../src/files/vector-files.js';
import { haskellFile, type HaskellRun } from '../src/files/write.js';

const folder = new URL('../../../packages/test-vectors/vectors/', import.meta.url);
const shipped = (name: string) => readFileSync(new URL(name, folder), 'utf8');

// The native packages make each signature and proof, and kes-verify judges it, and each negative.
test.each([...vectorFiles()])('%s is what the generator makes', (name, text) => {
  expect(shipped(name) === text).toBe(true);
});

const haskell = externalVectors('haskell/kes.json');

test.skipIf(!haskell.available)(
  haskell.available ? 'kes-haskell.json holds the values of the Haskell run' : haskell.reason,
  () => {
    const text = haskell.available && haskellFile(haskell.data as HaskellRun);
    expect(shipped('kes-haskell.json') === text).toBe(true);
  },
);
