// Programs that use the packages, bundled as applications bundle them and run away from every manifest.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { fencedExamples } from '../../src/examples.js';
import { installByNpm, installStrictly } from './install.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'evolock-bundles-'));
afterAll(() => rmSync(base, { recursive: true }));

/** The part of the README of a package after a text. */
const readmeAfter = (name: string, text: string) =>
  readFileSync(join(root, 'packages', name, 'README.md'), 'utf8').split(text)[1] ?? '';

/** A program that signs, verifies and imports packages for Node.js. A pool of threads looks for a file that is missing. */
const program = `
import * as cardano from '@evolock/cardano-kes';
import * as io from '@evolock/direct-serialise-io';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { KesVerifyPool } from '@evolock/verify-threads/signatures';
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
void KesVerifyPool.start({ threads: 1, worker: 'none.mjs' }).catch(({ code, message }) => {
  console.log(code, message);
});
`;

const signed = {
  status: 0,
  stdout: expect.stringMatching(
    /^true \[SumKesSigningKey: .* locked\]\ntrue\nERR_EVOLOCK_VERIFY_THREAD .*\n$/,
  ) as string,
  stderr: '',
};

/** The same, where a thread was started too. */
const threaded = {
  ...signed,
  stdout: expect.stringMatching(
    /^true .*\ntrue\nERR_EVOLOCK_VERIFY_THREAD .*could not load none\.mjs: .* an entry of its own: see "In a bundle"/,
  ) as string,
};

/** A project with the program and esbuild and rollup. Other bundlers are installed in the folder above. */
const project = join(base, 'build', 'project');
const packages = ['cardano-kes', 'direct-serialise-io', 'kes-sum', 'verify-threads'];
installStrictly(project, [
  ...[...packages, 'mlocked-bytes'].map((name) => `@evolock/${name}`),
  ...['esbuild', 'rollup', '@rollup/plugin-node-resolve'],
]);
writeFileSync(join(project, 'program.mjs'), program);

/** What they make is the same under every Node.js, so the oldest tries them. */
const reason = process.version.startsWith('v20.')
  ? installByNpm(join(base, 'build'), 'webpack@5.113.0', '@vercel/ncc@0.45.0', 'vite@8.4.0')
  : ' (skipped: Node.js 20 tries it)';

/** Runs Node.js. */
function run(cwd: string, ...args: readonly string[]) {
  const options = { cwd, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
  return { status, stdout, stderr };
}

/** Bundles with a module, for which `out` is the folder of the bundle. It warns of nothing. */
function bundle(module: string, out: string): void {
  const line = ['--input-type=module', '--eval', `const [, out] = process.argv;\n${module}`, out];
  expect(run(project, ...line)).toEqual({ status: 0, stdout: '', stderr: '' });
}

let number = 0;

/** An empty folder, three levels below the temporary folder, beside packages of which no bundle has a copy. */
function emptyFolder(beside: readonly string[] = ['sodium-native']): string {
  const place = join(base, String((number += 1)), 'a', 'b', 'c');
  mkdirSync(join(place, 'node_modules'), { recursive: true });
  for (const name of beside)
    symlinkSync(join(root, 'node_modules', name), join(place, 'node_modules', name), 'junction');
  return place;
}

const esbuild = (file: string, format: string) => `
  import { build } from 'esbuild';
  const common = { bundle: true, platform: 'node', logLevel: 'warning' };
  await build({ entryPoints: ['program.mjs'], outfile: out + '/${file}', ${format} ...common });`;

const rollup = (file: string, format: string) => `
  import { nodeResolve } from '@rollup/plugin-node-resolve';
  import { rollup } from 'rollup';
  const bundle = await rollup({
    input: 'program.mjs',
    external: /^node:/,
    plugins: [nodeResolve({ preferBuiltins: true })],
    // Rollup warns of comments in @scure/base that it cannot read.
    onLog: (_level, { code, message }) => {
      if (code !== 'INVALID_ANNOTATION') throw new Error(message);
    },
  });
  await bundle.write({ file: out + '/${file}', format: '${format}' });`;

const webpack = (file: string, module: boolean) => `
  import webpack from 'webpack';
  const output = { path: out, filename: '${file}', module: ${module} };
  const experiments = { outputModule: ${module} };
  const options = { mode: 'production', target: 'node20', entry: './program.mjs' };
  webpack({ ...options, output, experiments }, (error, stats) => {
    if (error) throw error;
    process.stdout.write(stats.toString({ all: false, errors: true, warnings: true }));
  });`;

const ncc = `
  import { execFileSync } from 'node:child_process';
  const options = ['program.mjs', '--out', out, '--quiet'];
  execFileSync('../node_modules/.bin/ncc', ['build', ...options], { stdio: 'inherit' });`;

/** Vite leaves packages out of a bundle for servers, unless it is told otherwise. */
const vite = `
  import { build } from 'vite';
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { ssr: 'program.mjs', outDir: out, emptyOutDir: false },
  });`;

/** The bundle far from every manifest. */
const inTree = [
  ['an ES module of esbuild', 'bundle.mjs', esbuild('bundle.mjs', "format: 'esm',")],
  ["esbuild's default for Node.js, CommonJS", 'bundle.cjs', esbuild('bundle.cjs', '')],
  ['an ES module of rollup', 'bundle.mjs', rollup('bundle.mjs', 'es')],
  ['CommonJS of rollup', 'bundle.cjs', rollup('bundle.cjs', 'cjs')],
] as const;
const ofRegistry = [
  ['an ES module of webpack', 'bundle.mjs', webpack('bundle.mjs', true)],
  ['CommonJS of webpack', 'bundle.cjs', webpack('bundle.cjs', false)],
  ['an ES module of ncc', 'index.mjs', ncc],
  ['an ES module of Vite for servers', 'program.mjs', vite],
] as const;

describe('a bundle far from every manifest signs and starts threads, without a setting', () => {
  const signsThere = (_: string, file: string, module: string) => {
    const folder = emptyFolder();
    bundle(module, folder);
    expect(run(folder, file)).toEqual(threaded);
  };
  test.each(inTree)('as %s', signsThere);
  test.skipIf(reason !== '').each(ofRegistry)(`as %s${reason}`, signsThere);
});

describe('the error of a bundle', () => {
  /** The sentence of an error, without its stack. */
  function sentenceOf({ status, stderr }: ReturnType<typeof run>): string {
    expect(status).toBe(1);
    const [, sentence = stderr] = /^SodiumUnavailableError: (.*)$/m.exec(stderr) ?? [];
    return sentence;
  }

  /** Copies packages without what they depend on. */
  function copyBeside(folder: string, names: readonly string[]): void {
    for (const name of names)
      cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), {
        recursive: true,
      });
  }

  test.each(inTree.slice(0, 2))(
    'says what to do when sodium-native is not beside it, which helps: %s',
    (_, file, module) => {
      const folder = emptyFolder([]);
      bundle(module, folder);
      const sentence = sentenceOf(run(folder, file));
      expect(sentence).toContain("Cannot find module 'sodium-native'");
      const [, command = ''] = /`(npm install .*?)`/.exec(sentence) ?? [];
      // npm installs into the nearest folder with `node_modules`. It may have no registry.
      const { status } = spawnSync(command, { cwd: folder, shell: true });
      if (reason === '') expect(status).toBe(0);
      if (status === 0) expect(run(folder, file)).toEqual(threaded);
    },
  );

  test('says that the folder of sodium-native needs others beside it, which its README names', () => {
    const folder = emptyFolder([]);
    copyBeside(folder, ['sodium-native']);
    bundle(inTree[0][2], folder);
    expect(sentenceOf(run(folder, 'bundle.mjs'))).toMatch(
      /Cannot find module 'which-runtime'.*`npm install .*`.* a copy of its folder alone lacks/,
    );
    const [line = ''] = readmeAfter('kes-sum', 'A copied folder `sodium-native` needs').split('\n');
    copyBeside(
      folder,
      [...line.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name),
    );
    expect(run(folder, 'bundle.mjs')).toEqual(signed);
    // Without the place that the packages find first, sodium-native searches, as on Alpine.
    const search = run(folder, '--eval', "require('sodium-native')");
    expect(search).toMatchObject({ status: 0, stderr: '' });
  });

  test('says where the binary of sodium-native was looked for', () => {
    const folder = emptyFolder(['require-addon', 'which-runtime']);
    const copy = join(folder, 'node_modules', 'sodium-native');
    mkdirSync(copy);
    for (const file of ['package.json', 'index.js', 'binding.js'])
      cpSync(join(root, 'node_modules', 'sodium-native', file), join(copy, file));
    bundle(inTree[1][2], folder);
    expect(sentenceOf(run(folder, 'bundle.cjs'))).toMatch(
      /Cannot find addon .*sodium-native.* Its binaries are for Linux/,
    );
  });

  test('for browsers names the package that verifies there', () => {
    const folder = emptyFolder([]);
    const module = `
      import { build } from 'esbuild';
      const contents = "import { sum6Kes } from '@evolock/kes-sum'; console.log(sum6Kes);";
      const common = { bundle: true, platform: 'browser', logLevel: 'error' };
      await build({ stdin: { contents, resolveDir: '.' }, outfile: out + '/bundle.cjs', ...common });`;
    bundle(module, folder);
    const { status, stderr } = run(folder, 'bundle.cjs');
    expect(status).toBe(1);
    expect(stderr).toContain('verify in a browser with @evolock/kes-verify');
  });
});

describe('the threads of verify-threads are bundled', () => {
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
  const section = readmeAfter('verify-threads', '## In a bundle').split('\n## ')[0] ?? '';
  const [bundling = '', starting = ''] = fencedExamples(section, '').map(({ code }) => code);
  const inCommonJs = `
    import { join } from 'node:path';
    import { KesVerifyPool } from '@evolock/verify-threads/signatures';
    ${verification}
    void KesVerifyPool.start()
      .catch(({ code }) => console.log(code))
      .then(() => KesVerifyPool.start({ worker: join(__dirname, 'worker.cjs') }))
      .then(main);
  `;

  test.each([
    ['as its README says', bundling, `${starting}${verification}\nawait main(pool);`, 'mjs', ''],
    [
      'as CommonJS, which has to state the path of the worker',
      bundling.replace("format: 'esm'", "format: 'cjs'").replaceAll('.mjs', '.cjs'),
      inCommonJs,
      ...['cjs', 'ERR_EVOLOCK_ARGUMENT_TYPE\n'],
    ],
  ] as const)('%s', (_, script, main, extension, first) => {
    writeFileSync(join(project, 'main.js'), main);
    expect(run(project, '--input-type=module', '--eval', script)).toMatchObject({ status: 0 });
    const folder = emptyFolder();
    cpSync(join(project, 'bundle'), folder, { recursive: true });
    const stdout = `${first}true\nfalse\n`;
    expect(run(folder, `main.${extension}`)).toEqual({ status: 0, stdout, stderr: '' });
  });
});
