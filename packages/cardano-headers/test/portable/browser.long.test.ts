/** The built package outside of Node.js. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { browserBundle, compressedSize, runWith } from '../../../kes-verify/test/support/bundle.js';
import { absolutePeriod } from '../../src/index.js';
import { goodHeader } from '../support/headers.js';
import { coldKey, hexOf, kesKey } from '../support/keys.js';

test('headers are judged without a global of Node.js', async () => {
  const code = await browserBundle('cardano-headers', 'iife');
  expect(runWith(code, `typeof Buffer + typeof process + typeof require`)).toBe(
    'undefined'.repeat(3),
  );
  const results = [3n, 4n].map((evolution) => {
    const header = goodHeader({
      shape: 'Praos',
      slot: (400n + evolution) * 129_600n,
      cold: coldKey(),
      hot: kesKey({ period: 3 }),
      startPeriod: absolutePeriod(400),
    });
    const numbers = '{ slotsPerKesPeriod: 129600, maxKesEvolutions: 62 }';
    const call = `verifier.verifyHeader('${hexOf(header)}', verifier.kesParameters(${numbers}))`;
    return runWith(code, `${call}.result`);
  });
  expect(results).toEqual(['valid', 'invalid']);
});

test.each([
  ['the main entry as a whole', '*', 29_000],
  [
    'what judges headers of the known networks',
    '{ headerItems, headerVerifier, verifyHeader, mainnet, preprod, preview }',
    27_000,
  ],
  ['parseHeader alone, without the curve,', '{ parseHeader }', 11_000],
])('%s is small, minified and compressed with its dependencies', async (_, names, most) => {
  expect(await compressedSize('cardano-headers', names)).toBeLessThanOrEqual(most);
});

test('no package with native code is installed with it', () => {
  const manifest = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { dependencies: object };
  expect(Object.keys(manifest.dependencies)).toEqual([
    '@evolock/direct-serialise',
    '@evolock/kes-verify',
    '@noble/hashes',
  ]);
});
