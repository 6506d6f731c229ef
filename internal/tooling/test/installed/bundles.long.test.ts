// Programs that use the packages, bundled as applications bundle them and run away from every manifest.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import { afterAll, describe, expect, test } from 'vitest';
import { fencedExamples } from '../../src/examples.js';

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

/** A program that signs, verifies, writes CBOR, and imports every package that an application uses in one process. */
const program = `
import * as cardano from '@evolock/cardano-kes';
import * as io from '@evolock/direct-serialise-io';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { sodium } from '@evolock/mlocked-bytes/unsound';

const seed = MLockedSeed.newRandom(32);
const signingKey = sum6Kes.generateKey(seed);
const message = Uint8Array.of(1, 2, 3);
const signature = signingKey.sign(message);
const verified = sum6Kes.verify(signingKey.deriveVerificationKey(), 0, message, signature);
console.log(verified, String(signingKey));
// Secrets are hashed by a native function in a bundle too.
const isNative = String(sodium.nativeGenericHash).includes('[native code]');
console.log(Object.keys({ ...cardano, ...io }).length > 0 && isNative);
signingKey.release();
seed.release();
`;

const base = mkdtempSync(join(tmpdir(), 'evolock-bundles-'));
mkdirSync(join(base, 'source'));
symlinkSync(modules, join(base, 'source', 'node_modules'), 'junction');
const entry = join(base, 'source', 'program.js');
writeFileSync(entry, program);
afterAll(() => {
  rmSync(base, { recursive: true });
});

const external = ['sodium-native'];
let number = 0;

/** An empty folder, three levels below the temporary folder, beside the packages that are not bundled. */
function emptyFolder(beside: readonly string[] = external): string {
  const place = join(base, String((number += 1)), 'a', 'b', 'c');
  mkdirSync(join(place, 'node_modules'), { recursive: true });
  for (const name of beside)
    symlinkSync(join(modules, name), join(place, 'node_modules', name), 'junction');
  return place;
}

function run(file: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

const signed = {
  status: 0,
  stdout: expect.stringMatching(/^true \[SumKesSigningKey: .* locked\]\ntrue\n$/) as string,
  stderr: '',
};

/** Bundles a program as ES module or as CommonJS, which is esbuild's default on Node. */
async function withEsbuild(format: 'esm' | undefined, folder: string): Promise<string> {
  const outfile = join(folder, format === 'esm' ? 'bundle.mjs' : 'bundle.cjs');
  const { warnings } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    logLevel: 'silent',
    external,
    ...(format === undefined ? {} : { format }),
  });
  // tsup imports another entry without using it. esbuild warns of that, except for packages in node_modules.
  expect(warnings.filter(({ id }) => id !== 'ignored-bare-import')).toEqual([]);
  return outfile;
}

/** Bundles a program once for both formats of rollup. */
async function withRollup(folder: string): Promise<{ es: string; cjs: string }> {
  const bundle = await rollup({
    input: entry,
    external: [...external, /^node:/],
    plugins: [nodeResolve({ preferBuiltins: true })],
    // Rollup warns of comments in @scure/base that it cannot read.
    onLog: (_level, { code, message }) => {
      if (code !== 'INVALID_ANNOTATION') throw new Error(message);
    },
  });
  const files = { es: join(folder, 'bundle.mjs'), cjs: join(folder, 'bundle.cjs') };
  await bundle.write({ file: files.es, format: 'es' });
  await bundle.write({ file: files.cjs, format: 'cjs' });
  return files;
}

describe('a bundle far from every manifest signs', () => {
  test.each([
    ['an ES module of esbuild', 'esm'],
    ["esbuild's default for Node.js, CommonJS", undefined],
  ] as const)('as %s', async (_, format) => {
    expect(run(await withEsbuild(format, emptyFolder()))).toEqual(signed);
  });

  test('as an ES module and as CommonJS of rollup', async () => {
    const { es, cjs } = await withRollup(emptyFolder());
    expect([run(es), run(cjs)]).toEqual([signed, signed]);
  });
});

describe('the error of a bundle', () => {
  test.each(['esm', undefined] as const)(
    'says that sodium-native is not installed beside it (%s)',
    async (format) => {
      const { status, stderr } = run(await withEsbuild(format, emptyFolder([])));
      expect(status).toBe(1);
      expect(stderr).toMatch(/Cannot find (?:package|module) 'sodium-native'/);
    },
  );

  test('says where the binary of sodium-native was looked for', async () => {
    const folder = emptyFolder(['require-addon', 'which-runtime']);
    const copy = join(folder, 'node_modules', 'sodium-native');
    mkdirSync(copy);
    for (const file of ['package.json', 'index.js', 'binding.js'])
      cpSync(join(modules, 'sodium-native', file), join(copy, file));
    const { status, stderr } = run(await withEsbuild(undefined, folder));
    expect(status).toBe(1);
    expect(stderr).toMatch(/Cannot find addon .*sodium-native/);
  });
});

/** Verifies with two threads, and prints the verdicts. */
const verification = `
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';

const seed = MLockedSeed.newRandom(32);
const signingKey = sum6Kes.generateKey(seed);
const message = Uint8Array.of(1, 2, 3);
const item = {
  verificationKey: signingKey.deriveVerificationKey(),
  period: 0,
  message,
  signature: signingKey.sign(message),
};
async function main(pool) {
  for await (const verdict of pool.verifyMany(sum6Kes, [item, { ...item, period: 1 }]))
    console.log(verdict);
  await pool.close();
}
`;

describe('the threads of kes-verify-pool are bundled', () => {
  const readme = new URL('../../../../packages/kes-verify-pool/README.md', import.meta.url);
  const [bundling = '', starting = ''] = fencedExamples(
    readFileSync(readme, 'utf8').split('## In a bundle')[1]?.split('\n## ')[0] ?? '',
    'README.md',
  ).map(({ code }) => code);

  /** Bundles with a script, moves the bundle to an empty folder and runs it there. */
  function bundleAndRun(script: string, main: string, extension: string) {
    const source = join(base, `pool-${extension}`);
    mkdirSync(source);
    symlinkSync(modules, join(source, 'node_modules'), 'junction');
    writeFileSync(join(source, 'main.js'), main);
    writeFileSync(join(source, 'build.mjs'), script);
    const built = spawnSync(process.execPath, ['build.mjs'], { cwd: source, encoding: 'utf8' });
    expect(built).toMatchObject({ status: 0 });
    const folder = emptyFolder(['sodium-native', 'piscina']);
    cpSync(join(source, 'bundle'), folder, { recursive: true });
    return run(join(folder, `main.${extension}`));
  }

  const verdicts = { status: 0, stdout: 'true\nfalse\n', stderr: '' };

  test('as its README says', () => {
    const main = `${starting}${verification}\nawait main(pool);`;
    expect(bundleAndRun(bundling, main, 'mjs')).toEqual(verdicts);
  });

  test('as CommonJS, which has to state the path of the worker', () => {
    const script = bundling.replace("format: 'esm'", "format: 'cjs'").replaceAll('.mjs', '.cjs');
    const main = `
      import { join } from 'node:path';
      import { KesVerifyPool } from '@evolock/kes-verify-pool';
      ${verification}
      void KesVerifyPool.start()
        .catch(({ code }) => console.log(code))
        .then(() => KesVerifyPool.start({ worker: join(__dirname, 'worker.cjs') }))
        .then(main);
    `;
    const stdout = `ERR_EVOLOCK_ARGUMENT_TYPE\n${verdicts.stdout}`;
    expect(bundleAndRun(script, main, 'cjs')).toEqual({ ...verdicts, stdout });
  });
});
