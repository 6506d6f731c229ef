// Libraries compile under the oldest and the newest TypeScript: their declarations name only what they depend on, and the
// applications of other people that use these compile too, with every declaration file checked. Modules are resolved as Node.js
// does; the rehearsal of a release resolves them as bundlers do.
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { commentedExamples } from '../../src/examples.js';
import { installFlat, installStrictly } from './install.js';

const consumed = fileURLToPath(new URL('consumer', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'evolock-typescript-'));
afterAll(() => {
  rmSync(base, { recursive: true });
});

/** The oldest that is supported, and the newest of each major version. */
const versions = ['5.4', '5.9', '6.0', '7.0'];

/** Modules of libraries that are compiled together, with what each depends on. Its declarations can name no other package. */
type Libraries = Readonly<Record<string, readonly string[]>>;
const ofNode: Libraries = {
  'cardano-values': ['@evolock/cardano-kes', '@types/node'],
  'agent-values': ['@evolock/cardano-kes', '@evolock/kes-agent', '@types/node'],
  'node-values': [
    '@evolock/cardano-dmq',
    '@evolock/cardano-kes',
    '@evolock/direct-serialise-io',
    '@evolock/kes-sum',
    '@evolock/kes-verify-pool',
    '@evolock/memory-scan',
    '@types/node',
  ],
};
const projects = [
  projectOf('plain', { values: ['@evolock/kes-sum'] }, []),
  projectOf('node', ofNode, ['node']),
];

const compilers = versions.map((version) => `typescript-${version}@npm:typescript@~${version}.0`);
const args = ['install', '--no-audit', '--no-fund', '--prefix', base, ...compilers];
const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8', shell: false });
const reason =
  status === 0
    ? ''
    : ` (skipped: npm cannot install the compilers: ${stderr.split('\n')[0] ?? ''})`;

test.skipIf(reason !== '').each(versions)(
  `TypeScript %s compiles every library and its users${reason}`,
  async (version) => {
    const tsc = join(base, 'node_modules', `typescript-${version}`, 'bin', 'tsc');
    const runs = projects.map(async (project) => {
      const output = join(project.folder, version);
      const complaints = await compileLibraries(tsc, project, output);
      if (complaints !== '') return complaints;
      const foreign = Object.entries(project.libraries).flatMap(([name, dependencies]) => {
        const text = readFileSync(join(output, `${name}.d.ts`), 'utf8');
        const named = [...text.matchAll(/\b(?:from |import\()["'](@\w+\/[\w-]+)/g)];
        return named.filter(([, one = '']) => !dependencies.includes(one));
      });
      return foreign.length > 0 ? foreign.join('\n') : await compileUser(tsc, project, output);
    });
    expect(await Promise.all(runs)).toEqual(runs.map(() => ''));
  },
);

test('the examples in the declarations of kes-verify import kes-verify', () => {
  const url = new URL('../../../../packages/kes-verify/dist/declared/index.d.ts', import.meta.url);
  const examples = commentedExamples(readFileSync(url, 'utf8'), 'index.d.ts');
  const code = examples.map((example) => example.code).join('\n');
  const imported = [...code.matchAll(/['"](@evolock\/[^'"]+)['"]/g)].map(([, name]) => name);
  expect([...new Set(imported)]).toEqual(['@evolock/kes-verify']);
});

interface Project {
  readonly folder: string;
  readonly user: string;
  readonly libraries: Libraries;
  /** The types of Node.js, where the libraries need them. */
  readonly types: readonly string[];
}

/** Libraries where TypeScript finds every package, also those that they must not name, and their user, who finds none. */
function projectOf(name: string, libraries: Libraries, types: readonly string[]): Project {
  const folder = join(base, name);
  const user = join(base, `${name}-user`);
  installFlat(folder, Object.values(libraries).flat());
  installStrictly(user, types.length === 0 ? [] : ['@types/node']);
  for (const [library, dependencies] of Object.entries(libraries)) {
    cpSync(join(consumed, `${library}.ts`), join(folder, `${library}.ts`));
    const installed = join(user, 'node_modules', library);
    installStrictly(installed, dependencies);
    const manifest = '{ "type": "module", "types": "index.d.ts" }';
    writeFileSync(join(installed, 'package.json'), manifest);
  }
  const uses = Object.keys(libraries).map(
    (one, at) => `export * as used${String(at)} from '${one}';`,
  );
  writeFileSync(join(user, 'user.ts'), uses.join('\n'));
  for (const one of [folder, user])
    writeFileSync(join(one, 'package.json'), '{ "type": "module" }');
  return { folder, user, libraries, types };
}

/** Compiles libraries to declarations. Returns what the compiler complains about. */
function compileLibraries(
  tsc: string,
  { folder, libraries, types }: Project,
  outDir: string,
): Promise<string> {
  const own = { composite: true, declaration: true, emitDeclarationOnly: true, outDir };
  const files = Object.keys(libraries).map((name) => `${name}.ts`);
  const options = { ...strictly, ...own, rootDir: folder, types };
  return compile(tsc, join(folder, `${basename(outDir)}.json`), files, options);
}

/** Compiles a program that uses libraries, each of which finds only what it depends on. */
function compileUser(
  tsc: string,
  { user, libraries, types }: Project,
  declarations: string,
): Promise<string> {
  for (const name of Object.keys(libraries))
    cpSync(join(declarations, `${name}.d.ts`), join(user, 'node_modules', name, 'index.d.ts'));
  const options = { ...strictly, types, noEmit: true };
  return compile(tsc, join(user, 'tsconfig.json'), ['user.ts'], options);
}

const strictly = {
  target: 'es2022',
  // Without the DOM, which declares some globals of Node.js.
  lib: ['es2022'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  skipLibCheck: false,
};

function compile(
  tsc: string,
  config: string,
  files: readonly string[],
  compilerOptions: object,
): Promise<string> {
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '--project', config], (error, stdout) => {
      resolve(error === null ? stdout : stdout || error.message);
    });
  });
}
