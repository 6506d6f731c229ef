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
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import { afterAll, describe, expect, test } from 'vitest';
import { fencedExamples } from '../../src/examples.js';
import { installStrictly } from './install.js';

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

/** A program that signs, verifies and imports packages for Node.js. A pool of threads looks for a file that is missing. */
const program = `
import * as cardano from '@evolock/cardano-kes';
import * as io from '@evolock/direct-serialise-io';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
import { KesVerifyPool } from '@evolock/kes-verify-pool';
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

const base = mkdtempSync(join(tmpdir(), 'evolock-bundles-'));
afterAll(() => {
  rmSync(base, { recursive: true });
});
const source = join(base, 'source');
const packages = [
  'cardano-kes',
  'direct-serialise-io',
  'kes-sum',
  'kes-verify-pool',
  'mlocked-bytes',
];
const names = packages.map((name) => `@evolock/${name}`);
installStrictly(source, names);
const entry = join(source, 'program.mjs');
writeFileSync(entry, program);

/** npm installs these when the tests run. As dependencies they would make every installation 80 MB larger. */
const bundlers = ['webpack@5.113.0', '@vercel/ncc@0.45.0', 'vite@8.4.0'];
const tools = join(base, 'tools');

/** Why the bundlers cannot be used. What they make is the same under every Node.js, so the oldest tries them. */
const reason = process.version.startsWith('v20.') ? whyNotInstalled() : 'Node.js 20 tries it';

function whyNotInstalled(): string | undefined {
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', tools];
  const { status, stderr } = spawnSync('npm', [...args, ...bundlers], { encoding: 'utf8' });
  return status === 0 ? undefined : `npm cannot install it: ${stderr.split('\n')[0] ?? ''}`;
}

const requireTool = createRequire(join(tools, 'tool.js'));

let number = 0;

/** An empty folder, three levels below the temporary folder, beside packages of which no bundle has a copy. */
function emptyFolder(beside: readonly string[] = ['sodium-native']): string {
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

/** Bundles a program as ES module or as CommonJS, which is esbuild's default on Node. */
async function withEsbuild(format: 'esm' | undefined, folder: string): Promise<string> {
  const outfile = join(folder, format === 'esm' ? 'bundle.mjs' : 'bundle.cjs');
  const { warnings } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    logLevel: 'silent',
    ...(format === undefined ? {} : { format }),
  });
  expect(warnings).toEqual([]);
  return outfile;
}

async function withRollup(format: 'es' | 'cjs', folder: string): Promise<string> {
  const bundle = await rollup({
    input: entry,
    external: /^node:/,
    plugins: [nodeResolve({ preferBuiltins: true })],
    // Rollup warns of comments in @scure/base that it cannot read.
    onLog: (_level, { code, message }) => {
      if (code !== 'INVALID_ANNOTATION') throw new Error(message);
    },
  });
  const file = join(folder, format === 'es' ? 'bundle.mjs' : 'bundle.cjs');
  await bundle.write({ file, format });
  return file;
}

interface Stats {
  toString(options: object): string;
}

async function withWebpack(format: 'module' | 'commonjs', folder: string): Promise<string> {
  const webpack = requireTool('webpack') as (
    options: object,
    done: (error: Error | null, stats: Stats) => void,
  ) => void;
  const isModule = format === 'module';
  const filename = isModule ? 'bundle.mjs' : 'bundle.cjs';
  const output = { path: folder, filename, ...(isModule ? { module: true } : {}) };
  const experiments = { outputModule: isModule };
  const options = { mode: 'production', target: 'node20', entry, context: source };
  const complaints = await new Promise<string>((resolve, reject) => {
    webpack({ ...options, output, experiments }, (error, stats) => {
      if (error === null) resolve(stats.toString({ all: false, errors: true, warnings: true }));
      else reject(error);
    });
  });
  expect(complaints).toBe('');
  return join(folder, filename);
}

function withNcc(_: string, folder: string): string {
  const ncc = requireTool.resolve('@vercel/ncc/dist/ncc/cli.js');
  const program = [ncc, 'build', entry, '--out', folder, '--quiet'];
  // It would read a tsconfig.json of this folder.
  const options = { cwd: source, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, program, options);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  return join(folder, 'index.mjs');
}

/** Vite leaves packages out of a bundle for servers, unless it is told otherwise. */
async function withVite(_: string, folder: string): Promise<string> {
  const { build } = (await import(requireTool.resolve('vite'))) as {
    readonly build: (options: object) => Promise<unknown>;
  };
  await build({
    ...{ root: source, configFile: false, logLevel: 'error' },
    ssr: { noExternal: true },
    build: { ssr: entry, outDir: folder, emptyOutDir: false },
  });
  return join(folder, 'program.mjs');
}

describe('a bundle far from every manifest signs and starts threads, without a setting', () => {
  test.each([
    ['an ES module of esbuild', 'esm', withEsbuild],
    ["esbuild's default for Node.js, CommonJS", undefined, withEsbuild],
    ['an ES module of rollup', 'es', withRollup],
    ['CommonJS of rollup', 'cjs', withRollup],
  ] as const)('as %s', async (_, format, bundle) => {
    expect(run(await bundle(format as never, emptyFolder()))).toEqual(threaded);
  });

  test.skipIf(reason !== undefined).each([
    ['an ES module of webpack', 'module', withWebpack],
    ['CommonJS of webpack', 'commonjs', withWebpack],
    ['an ES module of ncc', '', withNcc],
    ['an ES module of Vite for servers', '', withVite],
  ] as const)(
    `as %s${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    async (_, format, bundle) => {
      expect(run(await bundle(format as never, emptyFolder()))).toEqual(threaded);
    },
  );
});

/** The sentence of an error, without its stack. */
function sentenceOf({ status, stderr }: ReturnType<typeof run>): string {
  expect(status).toBe(1);
  const [, sentence = stderr] = /^SodiumUnavailableError: (.*)$/m.exec(stderr) ?? [];
  return sentence;
}

/** Runs the command that a sentence names. Returns whether it installed: npm may have no registry. */
function installs(sentence: string, folder: string): boolean {
  const [, command = ''] = /`(npm install .*?)`/.exec(sentence) ?? [];
  const { status } = spawnSync(command, { cwd: folder, shell: true });
  // npm installs into the nearest folder with `node_modules`.
  if (reason === undefined) expect(status).toBe(0);
  return status === 0;
}

/** Copies packages without what they depend on. */
function copyBeside(folder: string, names: readonly string[]): void {
  for (const name of names)
    cpSync(join(modules, name), join(folder, 'node_modules', name), { recursive: true });
}

describe('the error of a bundle', () => {
  test.each(['esm', undefined] as const)(
    'says what to do when sodium-native is not beside it, which helps (%s)',
    async (format) => {
      const folder = emptyFolder([]);
      const bundle = await withEsbuild(format, folder);
      const sentence = sentenceOf(run(bundle));
      expect(sentence).toContain("Cannot find module 'sodium-native'");
      if (installs(sentence, folder)) expect(run(bundle)).toEqual(threaded);
    },
  );

  test('says that the folder of sodium-native needs others beside it, which its README names', async () => {
    const folder = emptyFolder([]);
    copyBeside(folder, ['sodium-native']);
    const bundle = await withEsbuild('esm', folder);
    expect(sentenceOf(run(bundle))).toMatch(
      /Cannot find module 'which-runtime'.*`npm install .*`.* a copy of its folder alone lacks/,
    );
    const readme = new URL('../../../../packages/kes-sum/README.md', import.meta.url);
    const [line = ''] = /^.*`which-runtime`.*$/m.exec(readFileSync(readme, 'utf8')) ?? [];
    const listed = [...line.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name);
    copyBeside(folder, listed);
    expect(run(bundle)).toEqual(signed);
    // Without the place that the packages find first, sodium-native searches, as on Alpine.
    writeFileSync(join(folder, 'search.cjs'), "require('sodium-native');");
    expect(run(join(folder, 'search.cjs'))).toMatchObject({ status: 0, stderr: '' });
  });

  test('says where the binary of sodium-native was looked for', async () => {
    const folder = emptyFolder(['require-addon', 'which-runtime']);
    const copy = join(folder, 'node_modules', 'sodium-native');
    mkdirSync(copy);
    for (const file of ['package.json', 'index.js', 'binding.js'])
      cpSync(join(modules, 'sodium-native', file), join(copy, file));
    const sentence = sentenceOf(run(await withEsbuild(undefined, folder)));
    expect(sentence).toMatch(/Cannot find addon .*sodium-native.* Its binaries are for Linux/);
  });
});

test('a bundle for browsers names the package that verifies there', async () => {
  const folder = emptyFolder([]);
  const outfile = join(folder, 'bundle.cjs');
  const stdin = {
    contents: "import { sum6Kes } from '@evolock/kes-sum'; console.log(sum6Kes);",
    resolveDir: source,
  };
  await build({ stdin, outfile, bundle: true, platform: 'browser', logLevel: 'silent' });
  const { status, stderr } = run(outfile);
  expect(status).toBe(1);
  expect(stderr).toContain('verify in a browser with @evolock/kes-verify');
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
    const project = join(base, `pool-${extension}`);
    installStrictly(project, [...names, 'esbuild']);
    writeFileSync(join(project, 'main.js'), main);
    writeFileSync(join(project, 'build.mjs'), script);
    const built = spawnSync(process.execPath, ['build.mjs'], { cwd: project, encoding: 'utf8' });
    expect(built).toMatchObject({ status: 0 });
    const folder = emptyFolder();
    cpSync(join(project, 'bundle'), folder, { recursive: true });
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
