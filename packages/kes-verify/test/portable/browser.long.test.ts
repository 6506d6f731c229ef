/** The built package outside of Node.js. */
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { ed25519 as native } from '@evolock/kes-sum';
import { keyOf } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import { vrfVectors } from '@evolock/test-vectors';
import { build } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import { headerOf } from '../support/headers.js';

const manifest = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { dependencies: object };

/** Bundles and minifies names that the package exports: as a module, or as a script that sets `verifier`. */
async function browserBundle(format: 'esm' | 'iife', names = '*'): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: {
      contents: `export ${names} from '@evolock/kes-verify'`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'silent',
    format,
    globalName: 'verifier',
    // A module of Node.js does not resolve on this platform.
    platform: 'browser',
  });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join());
  return outputFiles[0]!.text;
}

let code: string;
beforeAll(async () => {
  code = await browserBundle('iife');
});

/** Runs a script with the bundle in a global scope that has what every engine has, and no more. */
function run(script: string): unknown {
  // Browsers, Deno, Bun and workers have these two. The language itself does not.
  const context = createContext({ TextEncoder, TextDecoder });
  runInContext(code, context);
  return runInContext(script, context);
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytesOf = `const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));`;

test('headers, signatures and proofs are judged without a global of Node.js', () => {
  expect(run(`typeof Buffer + typeof process + typeof require`)).toBe('undefined'.repeat(3));
  const results = [3, 4].map((evolution) => {
    const header = hex(headerOf({ shape: 'Praos', signedAt: 3, evolution }));
    const numbers = '{ slotsPerKesPeriod: 129600, maxKesEvolutions: 62 }';
    return run(`verifier.verifyHeader('${header}', verifier.kesParameters(${numbers})).result`);
  });
  expect(results).toEqual(['valid', 'invalid']);

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
    const found = run(`${bytesOf} verifier.hexOf(verifier.${name}.verify(${given.join()}))`);
    expect(found).toBe(hex(output));
  }
});

test.each([
  ['the whole package', '*', 30_000],
  ['sum6Kes alone', '{ sum6Kes }', 19_000],
  ['sumKesOfDepth alone, for another leaf scheme,', '{ sumKesOfDepth }', 8_000],
])('%s is small, minified and compressed with its dependencies', async (_, names, most) => {
  const { byteLength } = gzipSync(await browserBundle('esm', names), { level: 9 });
  console.log(`${byteLength} bytes`);
  expect(byteLength).toBeLessThan(most);
});

test('no package with native code is installed with it', () => {
  expect(Object.keys(manifest.dependencies)).toEqual(['@noble/curves', '@noble/hashes']);
});
