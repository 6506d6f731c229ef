/** A package in an empty project, as its users install it by npm and by pnpm, and what they do with it there. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fencedExamples, installedBy, writeExamples } from '../examples.js';
import { DECLARED } from '../manifests.js';
import type { Published } from './published.js';
import { run, type Node, type Tools } from './tools.js';

/** Of the repository. The built program is in the folder `dist` of the workspace. */
const ofRepository = fileURLToPath(new URL('../../../node_modules', import.meta.url));
/** The native compiler, which exports no path of its program. */
const tsc = join(ofRepository, 'typescript-7', 'bin', 'tsc');

/** A package manager. Packages of @evolock come from the registry on the loopback, others from that of the machine. */
export interface Manager {
  readonly name: 'npm' | 'pnpm';
  /** Each of them runs every program. */
  readonly nodes: readonly Node[];
  /** Adds packages to a project. */
  install(project: string, names: readonly string[]): Promise<void>;
}

/** The cache is an empty folder, so that nothing published before under the same version is taken. */
export function npm({ nodes }: Tools, registry: string, cache: string): Manager {
  return {
    name: 'npm',
    nodes,
    async install(project, names) {
      writeFileSync(join(project, '.npmrc'), `@evolock:registry=${registry}\ncache=${cache}\n`);
      await run(project, 'npm', ['install', '--no-audit', '--no-fund', ...names]);
    },
  };
}

/** In the layout of pnpm without hoisting a package finds only what its manifest names, under every Node.js alike. */
export function pnpm({ nodes, modules }: Tools, registry: string, cache: string): Manager {
  const program = join(modules, 'pnpm', 'bin', 'pnpm.cjs');
  const folders = [`store-dir=${cache}`, `cache-dir=${cache}`];
  const settings = [`@evolock:registry=${registry}`, ...folders, 'hoist=false', ''].join('\n');
  return {
    name: 'pnpm',
    nodes: nodes.slice(0, 1),
    async install(project, names) {
      writeFileSync(join(project, '.npmrc'), settings);
      await run(project, process.execPath, [program, 'add', '--silent', ...names]);
    },
  };
}

/**
 * Installs the package alone, imports it in both ways, and runs its commands and what its README shows of a terminal.
 *
 * @throws Error with the output of what fails.
 */
export async function useAlone(folder: string, one: Published, manager: Manager): Promise<string> {
  const { manifest, readme } = one;
  const { name, version, bin = {} } = manifest;
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "project", "version": "1.0.0" }');
  await manager.install(folder, [name]);
  const all = JSON.stringify(modulesOf(one));
  const each = (load: string): string =>
    `for (const name of ${all}) if (Object.keys(${load}(name)).length === 0) throw new Error(name);`;
  const required = `if (require('${name}/package.json').version !== '${version}') throw new Error();`;
  // What the README shows first of a terminal, unless it says `no-run`.
  const [, transcript = ''] = /^```console\n(.*?)^```/ms.exec(readme) ?? [];
  const lines = [
    ...Object.keys(bin).map((command) => `${command} --help 2>&1 | grep -i '^usage: '`),
    ...[...transcript.matchAll(/^\$ (.*)$/gm)].map(([, line = '']) => line),
  ];
  await runUnderEach(manager, folder, [
    ['node', '--input-type=module', '--eval', each('await import')],
    ['node', '--eval', required + each('require')],
    ...lines.map((line) => ['sh', '-ec', line]),
  ]);
  return `imported, required, ${String(lines.length)} lines of a shell`;
}

/**
 * Installs what the README names above its first example too, checks the types of every entry and of the example, and runs
 * it.
 *
 * @throws Error with the output of what fails.
 */
export async function useExample(
  folder: string,
  one: Published,
  manager: Manager,
): Promise<string> {
  const [example] = fencedExamples(one.readme, 'README.md');
  if (example === undefined) return 'no example';
  const above = one.readme.split('\n').slice(0, example.line).join('\n');
  const others = installedBy(above).filter((name) => name !== one.manifest.name);
  if (others.length > 0) await manager.install(folder, others);
  const [written] = writeExamples([example], join(folder, 'example'));
  const exported = modulesOf(one).map((name, at) => `export * as a${String(at)} from '${name}';\n`);
  writeFileSync(join(folder, 'types.mts'), exported.join(''));
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2024', 'esnext.disposable'],
    types: ['node'],
    typeRoots: [join(ofRepository, '@types')],
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    allowJs: true,
    checkJs: true,
  };
  const files = ['types.mts', relative(folder, written!.source)];
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  await run(folder, process.execPath, [tsc, '--project', folder]);
  if (example.noRun !== undefined) return `types, example not run: ${example.noRun}`;
  await runUnderEach(manager, folder, [['node', written!.program]]);
  return 'types, example';
}

/** The modules that a package exports, by the names that users import. */
function modulesOf({ manifest: { name, exports: exported = {} } }: Published): string[] {
  return Object.keys(exported)
    .filter((entry) => entry !== DECLARED && !entry.endsWith('.json'))
    .map((entry) => name + entry.slice(1));
}

/** Runs programs, for each Node.js in a folder of its own within the project. */
async function runUnderEach(
  { nodes }: Manager,
  project: string,
  programs: readonly (readonly string[])[],
): Promise<void> {
  for (const { version, folder } of nodes) {
    const cwd = join(project, version);
    mkdirSync(cwd, { recursive: true });
    const bins = join(project, 'node_modules', '.bin');
    const PATH = [folder, bins, process.env['PATH']].join(delimiter);
    for (const [command = '', ...args] of programs) await run(cwd, command, args, { PATH });
  }
}
