// Libraries compile under the oldest and the newest TypeScript: their declarations name only what they depend on, and the
// applications of other people that use these compile too, with every declaration file checked. Modules are resolved as Node.js
// does; the rehearsal of a release resolves them as bundlers do.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { commentedExamples } from '../../src/examples.js';
import { installByNpm, installFlat, installStrictly } from './install.js';

const base = mkdtempSync(join(tmpdir(), 'evolock-typescript-'));
afterAll(() => rmSync(base, { recursive: true }));

/** The oldest that is supported, and the newest of each major version. */
const versions = ['5.4', '5.9', '6.0', '7.0'];
/** Libraries are mostly built by a later version than their users have. */
const ofUsers = ['5.4', '5.6', '5.8', '5.9', '7.0'];
/** The versions and modules by which a CommonJS project may import ES modules. */
const ofCommonJs = [
  ['5.8', 'nodenext'],
  ['5.9', 'nodenext'],
  ['5.9', 'node20'],
  ['6.0', 'node20'],
  ['7.0', 'node20'],
] as const;
const reason = installByNpm(
  base,
  '@microsoft/api-extractor@7.60.1',
  ...[...new Set([...versions, ...ofUsers])].map(
    (version) => `typescript-${version}@npm:typescript@~${version}.0`,
  ),
);

/** Compiles a module. Returns what the compiler complains about. */
function compile(
  version: string,
  folder: string,
  file: string,
  options: object,
  type = 'module',
): string {
  const compilerOptions = {
    target: 'es2022',
    // Without the DOM, which declares some globals of Node.js.
    lib: ['es2022'],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    strict: true,
    skipLibCheck: false,
    ...options,
  };
  // API Extractor wants a name and a version.
  const manifest = { name: 'a-module', version: '1.0.0', type };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  const tsc = join(base, 'node_modules', `typescript-${version}`, 'bin', 'tsc');
  return spawnSync(process.execPath, [tsc, '--project', folder], { encoding: 'utf8' }).stdout;
}

describe.each([
  { library: 'values', types: [], dependencies: ['@evolock/kes-sum'] },
  {
    library: 'node-values',
    types: ['node'],
    dependencies: [
      '@evolock/cardano-dmq',
      '@evolock/cardano-headers',
      '@evolock/cardano-kes',
      '@evolock/direct-serialise-io',
      '@evolock/kes-agent',
      '@evolock/verify-threads',
      '@evolock/memory-scan',
      '@types/node',
    ],
  },
])('the library $library', ({ library, types, dependencies }) => {
  // TypeScript finds every package, also those that the declarations must not name.
  const folder = join(base, library);
  installFlat(folder, dependencies);
  cpSync(fileURLToPath(new URL(`consumer/${library}.ts`, import.meta.url)), `${folder}/index.ts`);

  /** Finds none of the packages. The library finds what it depends on. */
  const user = join(base, `${library}-user`);
  const installed = join(user, 'node_modules', library);
  installStrictly(user, types.length === 0 ? [] : ['@types/node']);
  installStrictly(installed, dependencies);
  writeFileSync(join(installed, 'package.json'), '{ "type": "module", "types": "index.d.ts" }');
  writeFileSync(join(user, 'user.ts'), `export * from '${library}';`);

  const build = (version: string, outDir = installed, type = 'module'): string => {
    const own = { declaration: true, emitDeclarationOnly: true, outDir };
    const options = { ...own, types, exactOptionalPropertyTypes: true, isolatedModules: true };
    return compile(version, folder, 'index.ts', options, type);
  };
  const compileUser = (version: string, type = 'module', module = 'nodenext'): string => {
    const own = { module, moduleResolution: undefined, types, noEmit: true };
    const options = { ...own, exactOptionalPropertyTypes: true };
    return compile(version, user, 'user.ts', options, type);
  };

  test.skipIf(reason !== '').each(versions)(
    `and its user compile under TypeScript %s${reason}`,
    (version) => {
      expect(build(version)).toBe('');
      const text = readFileSync(join(installed, 'index.d.ts'), 'utf8');
      const named = [...text.matchAll(/\b(?:from |import\()["'](@\w+\/[\w-]+)/g)].map(
        ([, one]) => one,
      );
      expect(dependencies).toEqual(expect.arrayContaining(named));
      expect(compileUser(version)).toBe('');
    },
  );

  test.skipIf(reason !== '')(
    `built by TypeScript 5.9 as both kinds of modules, compiles for users of others${reason}`,
    () => {
      const both = { import: './index.d.ts', require: './required/index.d.ts' };
      const manifest = join(installed, 'package.json');
      const before = readFileSync(manifest, 'utf8');
      writeFileSync(manifest, JSON.stringify({ type: 'module', exports: both }));
      expect(build('5.9')).toBe('');
      expect(build('5.9', join(installed, 'required'), 'commonjs')).toBe('');
      writeFileSync(join(installed, 'required', 'package.json'), '{ "type": "commonjs" }');
      for (const version of ofUsers) expect([version, compileUser(version)]).toEqual([version, '']);
      for (const [version, module] of ofCommonJs)
        expect([version, compileUser(version, 'commonjs', module)]).toEqual([version, '']);
      writeFileSync(manifest, before);
    },
  );

  test.skipIf(reason !== '')(
    `whose declarations API Extractor rolled up, compiles for users${reason}`,
    () => {
      const mainEntryPointFilePath = join(installed, 'index.d.ts');
      expect(build('5.9', folder)).toBe('');
      const off = { enabled: false };
      const configuration = {
        mainEntryPointFilePath: join(folder, 'index.d.ts'),
        projectFolder: folder,
        compiler: { tsconfigFilePath: join(folder, 'tsconfig.json') },
        apiReport: off,
        docModel: off,
        tsdocMetadata: off,
        dtsRollup: { enabled: true, untrimmedFilePath: mainEntryPointFilePath },
        messages: { extractorMessageReporting: { default: { logLevel: 'none' } } },
      };
      writeFileSync(join(folder, 'api-extractor.json'), JSON.stringify(configuration));
      const program = join(base, 'node_modules/@microsoft/api-extractor/bin/api-extractor');
      const ran = spawnSync(process.execPath, [program, 'run', '--local'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect([ran.status, ran.stderr]).toEqual([0, '']);
      for (const version of ['5.4', '7.0'])
        expect([version, compileUser(version)]).toEqual([version, '']);
    },
  );
});

/** Signatures and verification keys are bytes for what browsers and Node.js take as bytes. */
const inBrowsers = `
import { sum6Kes, type KesAlgorithm, type KesSignature } from '@evolock/kes-sum';
import { type Sum6, type SumKes } from '@evolock/kes-sum/all';

export const algorithm: KesAlgorithm<Sum6> = sum6Kes;
export async function publish(signature: KesSignature<SumKes<9>>): Promise<ArrayBuffer> {
  await fetch('/', { method: 'POST', body: signature });
  const blob = new Blob([signature]);
  const own: ArrayBuffer = signature.buffer as ArrayBuffer;
  return blob.size === own.byteLength ? own : crypto.subtle.digest('SHA-256', signature);
}
`;

describe('the DOM, and declarations of one file alone', () => {
  const folder = join(base, 'browser');
  installFlat(folder, ['@evolock/kes-sum']);
  writeFileSync(join(folder, 'index.ts'), inBrowsers);

  test.skipIf(reason !== '').each(['5.4', '5.9', '7.0'])(
    `take signatures under TypeScript %s${reason}`,
    (version) => {
      const options = {
        lib: ['es2022', 'dom'],
        types: [],
        declaration: true,
        emitDeclarationOnly: true,
        outDir: join(folder, 'out'),
        exactOptionalPropertyTypes: true,
        // Since 5.5.
        ...(version === '5.4' ? {} : { isolatedDeclarations: true }),
      };
      expect(compile(version, folder, 'index.ts', options)).toBe('');
    },
  );
});

const commonJs = `
import { KeyFile } from '@evolock/direct-serialise-io';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';

async function main(): Promise<void> {
  const seed = MLockedSeed.newRandom(32);
  const key = sum6Kes.generateKey(seed);
  seed.release();
  const file = await KeyFile.open('a.key', sum6Kes, { create: () => ({ key }) });
  await file.write({ period: 1 });
  console.log(typeof require, file.key.period);
  await file.destroy();
}
void main();
`;

describe('a CommonJS project', () => {
  const folder = join(base, 'common-js');
  installFlat(folder, ['@evolock/direct-serialise-io', '@evolock/kes-sum', '@types/node']);
  writeFileSync(join(folder, 'index.ts'), commonJs);

  test.skipIf(reason !== '').each(ofCommonJs)(
    `compiles under TypeScript %s with module %s, and runs${reason}`,
    (version, module) => {
      const options = { module, moduleResolution: undefined, types: ['node'] };
      expect(compile(version, folder, 'index.ts', options, 'commonjs')).toBe('');
      const ran = spawnSync(process.execPath, ['--no-warnings', 'index.js'], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect([ran.stdout, ran.stderr]).toEqual(['function 1\n', '']);
    },
  );
});

test.each(['kes-verify', 'cardano-headers'])(
  'the examples in the declarations of %s import it',
  (name) => {
    const url = new URL(`../../../../packages/${name}/dist/declared/index.d.ts`, import.meta.url);
    const examples = commentedExamples(readFileSync(url, 'utf8'), 'index.d.ts');
    const code = examples.map((example) => example.code).join('\n');
    const imported = [...code.matchAll(/['"](@evolock\/[^'"]+)['"]/g)].map(([, name]) => name);
    expect([...new Set(imported)]).toEqual([`@evolock/${name}`]);
  },
);
