// Applications compile under every supported TypeScript and in both module resolutions: declarations can name every type,
// and every declaration file passes the check by itself.
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const versions = ['5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', '7.0'];

/** A module, and the packages installed beside it. As with pnpm, its declarations can name no other package. */
const consumers: Readonly<Record<string, readonly string[]>> = {
  'values.ts': ['@evolock/kes-sum'],
  'node-values.ts': [
    '@evolock/cardano-dmq',
    '@evolock/cardano-kes',
    '@evolock/direct-serialise-io',
    '@evolock/kes-sum',
    '@evolock/kes-verify-pool',
    '@evolock/memory-scan',
    '@types/node',
  ],
};

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
const consumed = fileURLToPath(new URL('consumer', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'evolock-typescript-'));
afterAll(() => {
  rmSync(base, { recursive: true });
});

const compilers = versions.map((version) => `typescript-${version}@npm:typescript@~${version}.0`);
const args = ['install', '--no-audit', '--no-fund', '--prefix', base, ...compilers];
const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8', shell: false });
const reason =
  status === 0
    ? ''
    : ` (skipped: npm cannot install the compilers: ${stderr.split('\n')[0] ?? ''})`;

test.skipIf(reason !== '').each(versions)(
  `TypeScript %s compiles every consumer${reason}`,
  async (version) => {
    const tsc = join(base, 'node_modules', `typescript-${version}`, 'bin', 'tsc');
    const runs = Object.entries(consumers).flatMap(([file, installed]) =>
      ['nodenext', 'bundler'].map((resolution) => compile(tsc, file, installed, resolution)),
    );
    expect(await Promise.all(runs)).toEqual(runs.map(() => ''));
  },
);

/** Compiles a consumer to declarations. Returns what the compiler complains about. */
async function compile(
  tsc: string,
  file: string,
  installed: readonly string[],
  resolution: string,
) {
  const folder = mkdtempSync(join(base, 'consumer-'));
  for (const name of installed) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(modules, name), link, 'junction');
  }
  cpSync(join(consumed, file), join(folder, file));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const compilerOptions = {
    target: 'es2022',
    // Without the DOM, which declares some globals of Node.js.
    lib: ['es2022'],
    module: resolution === 'nodenext' ? 'nodenext' : 'esnext',
    moduleResolution: resolution,
    strict: true,
    composite: true,
    declaration: true,
    emitDeclarationOnly: true,
    skipLibCheck: false,
    types: installed.includes('@types/node') ? ['node'] : [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  return await new Promise<string>((resolve) => {
    execFile(process.execPath, [tsc, '--project', folder], (error, stdout) => {
      resolve(error === null ? stdout : stdout || error.message);
    });
  });
}
