// The commands of a README install every package that its examples import. In a strict layout, such as pnpm's, no other
// package can be imported.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { fencedExamples, installedBy } from '../../src/examples/fences.mjs';
import { readWorkspaces } from '../../src/manifests/workspaces.mjs';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const readmes = ['README.md']
  .concat(readWorkspaces(root).map(({ folder }) => `${folder}/README.md`))
  .filter((file) => file.startsWith('packages/') || file === 'README.md');

/** The packages that a program imports, apart from modules of Node.js. */
function importedBy(code: string): string[] {
  const specifiers = [...code.matchAll(/(?:from|import\() ?'([^'.][^']*)'/g)];
  return specifiers
    .map(([, specifier = '']) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '')
    .filter((name) => !name.startsWith('node:'));
}

describe.each(readmes)('%s', (file) => {
  const text = readFileSync(`${root}/${file}`, 'utf8');
  const lines = text.split('\n');

  test('installs what its examples import, above each of them', () => {
    for (const { line, code } of fencedExamples(lines, { file, firstLine: 1 })) {
      const above = installedBy(lines.slice(0, line).join('\n'));
      expect(above, `line ${line}`).toEqual(expect.arrayContaining(importedBy(code)));
    }
  });
});

test('kes-sum alone takes a key out of the process and back', async () => {
  const { directDeserialiseBufChecked, directSerialiseBufChecked, ...kesSum } =
    await import('@evolock/kes-sum');
  const seed = kesSum.MLockedSeed.newRandom(32);
  const signingKey = kesSum.sum6Kes.generateKey(seed);
  const bytes = kesSum.pooledAllocator.allocate(kesSum.sum6Kes.signingKeySize);
  directSerialiseBufChecked(bytes.unsoundBytes, signingKey);
  const copy = directDeserialiseBufChecked(bytes.unsoundBytes, kesSum.sum6Kes);
  expect(copy.deriveVerificationKey()).toEqual(signingKey.deriveVerificationKey());
  for (const secret of [seed, signingKey, copy, bytes]) secret.release();
});
