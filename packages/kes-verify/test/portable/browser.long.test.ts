/** The built package outside of Node.js. */
import { readFileSync } from 'node:fs';
import { ed25519 as native } from '@evolock/kes-sum';
import { keyOf } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import { vrfVectors } from '@evolock/test-vectors';
import { beforeAll, expect, test } from 'vitest';
import { browserBundle, compressedSize, runWith } from '../support/bundle.js';

const manifest = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { dependencies: object };

let code: string;
beforeAll(async () => {
  code = await browserBundle('kes-verify', 'iife');
});

/** Not even `TextDecoder` is there. */
const run = (script: string) => runWith(code, script, false);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytesOf = `const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));
  const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');`;

test('signatures and proofs are judged without a global of Node.js', () => {
  const globals = ['Buffer', 'process', 'require', 'TextDecoder', 'TextEncoder'];
  const kinds = run(globals.map((name) => `typeof ${name}`).join(' + '));
  expect(kinds).toBe('undefined'.repeat(globals.length));
  using key = keyOf(native, seedOf(1));
  const [root, signature] = [key.deriveVerificationKey(), key.sign(Uint8Array.of(1))].map(hex);
  const verdicts = run(`${bytesOf}
    class Mine extends Uint8Array {}
    const given = [bytes('${root}'), bytes('01'), bytes('${signature}')];
    const mine = given.map((each) => Mine.from(each));
    JSON.stringify([verifier.ed25519.verify(...given), verifier.ed25519.verify(...mine)]);`);
  expect(verdicts).toBe('[true,true]');

  for (const { algorithm, verificationKey, alpha, proof, output } of vrfVectors().proofs) {
    const name = algorithm === 'PraosVRF' ? 'praosVrf' : 'praosBatchCompatVrf';
    const given = [verificationKey, alpha, proof].map((bytes) => `bytes('${hex(bytes)}')`);
    const found = run(`${bytesOf} hexOf(verifier.${name}.verify(${given.join()}))`);
    expect(found).toBe(hex(output));
  }
});

test.each([
  ['the whole package', '*', 22_000],
  ['sum6Kes alone', '{ sum6Kes }', 18_000],
  ['sumKesOfDepth alone', '{ sumKesOfDepth }', 18_000],
])('%s is small, minified and compressed with its dependencies', async (_, names, most) => {
  expect(await compressedSize('kes-verify', names)).toBeLessThanOrEqual(most);
});

test('sumKesOfDepth alone brings no VRF, and nothing of Cardano', async () => {
  const bundle = await browserBundle('kes-verify', 'esm', '{ sumKesOfDepth }');
  expect(/VRF|Praos|cardano/i.exec(bundle)).toBeNull();
  expect(/ECVRF_/.exec(code)).not.toBeNull();
});

test('no package with native code, and nothing of Cardano, is installed with it', () => {
  expect(Object.keys(manifest.dependencies)).toEqual([
    '@evolock/direct-serialise',
    '@noble/curves',
    '@noble/hashes',
  ]);
});
