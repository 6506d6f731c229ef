// Libraries compile under every supported TypeScript and in both module resolutions: their declarations name only what
// they depend on, and the applications of other people that use these compile too, with every declaration file checked.
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { commentedExamples } from '../../src/examples.js';
import { installFlat, installStrictly } from './install.js';

const versions = ['5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', '7.0'];

/** The module of a library, and what it depends on. Its declarations can name no other package. */
const libraries: Readonly<Record<string, readonly string[]>> = {
  'values.ts': ['@evolock/kes-sum'],
  'cardano-values.ts': ['@evolock/cardano-kes', '@types/node'],
  'agent-values.ts': ['@evolock/cardano-kes', '@evolock/kes-agent', '@types/node'],
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

const consumed = fileURLToPath(new URL('consumer', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'evolock-typescript-'));
afterAll(() => {
  rmSync(base, { recursive: true });
});
const projects = Object.entries(libraries).map(([file, dependencies]) => {
  const folder = join(base, basename(file, '.ts'));
  // TypeScript finds every package, also those that the library must not name.
  installFlat(folder, dependencies);
  cpSync(join(consumed, file), join(folder, file));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return { file, folder, dependencies };
});

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
    const runs = projects.flatMap((project) =>
      ['nodenext', 'bundler'].map(async (resolution) => {
        const output = join(project.folder, version, resolution);
        const complaints = await compileLibrary(tsc, project, resolution, output);
        if (complaints !== '') return complaints;
        const declarations = join(output, project.file.replace('.ts', '.d.ts'));
        const text = readFileSync(declarations, 'utf8');
        const named = [...text.matchAll(/\b(?:from |import\()["'](@\w+\/[\w-]+)/g)];
        const foreign = named.filter(([, name = '']) => !project.dependencies.includes(name));
        if (foreign.length > 0) return foreign.join('\n');
        return resolution === 'bundler' ? '' : await compileUser(tsc, project, declarations);
      }),
    );
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

type Project = (typeof projects)[number];

/** Compiles a library to declarations. Returns what the compiler complains about. */
function compileLibrary(
  tsc: string,
  { folder, file, dependencies }: Project,
  resolution: string,
  outDir: string,
): Promise<string> {
  const own = { composite: true, declaration: true, emitDeclarationOnly: true, outDir };
  const config = `${basename(outDir)}-${basename(join(outDir, '..'))}.json`;
  return compile(tsc, join(folder, config), [join(folder, file)], {
    ...optionsFor(resolution),
    ...{ ...own, rootDir: folder, types: dependencies.includes('@types/node') ? ['node'] : [] },
  });
}

/** Compiles a program that uses a library, which finds only what it depends on. */
function compileUser(
  tsc: string,
  { dependencies }: Project,
  declarations: string,
): Promise<string> {
  const user = mkdtempSync(join(base, 'user-'));
  const library = join(user, 'node_modules', 'library');
  installStrictly(library, dependencies);
  cpSync(declarations, join(library, 'index.d.ts'));
  writeFileSync(join(library, 'package.json'), '{ "type": "module", "types": "index.d.ts" }');
  writeFileSync(join(user, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(user, 'user.ts'), "export * from 'library';\n");
  const ofNode = dependencies.includes('@types/node')
    ? { types: ['node'], typeRoots: [join(library, 'node_modules', '@types')] }
    : { types: [] };
  const options = { ...optionsFor('nodenext'), ...ofNode, noEmit: true };
  return compile(tsc, join(user, 'tsconfig.json'), [join(user, 'user.ts')], options);
}

function optionsFor(resolution: string) {
  return {
    target: 'es2022',
    // Without the DOM, which declares some globals of Node.js.
    lib: ['es2022'],
    module: resolution === 'nodenext' ? 'nodenext' : 'esnext',
    moduleResolution: resolution,
    strict: true,
    skipLibCheck: false,
  };
}

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
