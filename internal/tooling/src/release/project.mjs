// Installs one package into an empty project as its users do, and uses it there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fencedExamples, installedBy } from '../examples/fences.mjs';
import { writeExamples } from '../examples/write.mjs';
import { run } from './command.mjs';
import { commandLines, writePrograms } from './programs.mjs';

/** @typedef {import('../manifests/workspaces.mjs').Manifest} Manifest */
/** @typedef {import('./tools.mjs').Node} Node */

/**
 * A package as it is in the registry.
 *
 * @typedef {{ manifest: Manifest, readme: string }} Published
 */

/**
 * @typedef {object} Surroundings
 * @property {import('./managers.mjs').Manager} manager
 * @property {readonly Node[]} nodes each of them runs every program
 * @property {'nodenext' | 'bundler'} resolution how TypeScript finds modules
 */

const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));

/**
 * Installs the package alone, imports it in both ways and runs its commands. Then installs what the README names above its
 * first example, compiles that and runs it.
 *
 * @param {string} folder a new one
 * @param {Published} published
 * @param {Surroundings} surroundings
 * @returns {Promise<string[]>} what was done
 * @throws {Error} with the output of what fails
 */
export async function useInProject(folder, { manifest, readme }, { manager, nodes, resolution }) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "project", "version": "1.0.0" }');
  await manager.install(folder, [manifest.name]);
  const programs = writePrograms(folder, manifest);
  const commands = commandLines(manifest, readme);
  await runUnderEach(nodes, folder, [...programs.map(nodeLine), ...commands]);
  const done = [
    ...(programs.length > 0 ? ['import', 'require'] : []),
    ...(commands.length > 0 ? [`${commands.length} command lines`] : []),
  ];

  const lines = readme.split('\n');
  const [example] = fencedExamples(lines, { file: 'README.md', firstLine: 1 });
  if (example === undefined) return done;
  const named = installedBy(lines.slice(0, example.line).join('\n'));
  const others = named.filter((name) => name !== manifest.name);
  await manager.install(folder, ['--save-dev', ...others, '@types/node@20']);
  const [written] = writeExamples([example], join(folder, 'example'));
  if (written === undefined) throw new Error('the example was not written');
  await compile(folder, ['types.mts', written.source], resolution);
  await runUnderEach(nodes, folder, example.noRun ? [] : [nodeLine(written.program)]);
  return [...done, resolution, example.noRun ? `example not run: ${example.noRun}` : 'example'];
}

/**
 * @param {string} program
 * @returns {string}
 */
function nodeLine(program) {
  return `node '${program}'`;
}

/**
 * Runs lines of a shell, for each Node.js in a folder of its own within the project.
 *
 * @param {readonly Node[]} nodes
 * @param {string} project
 * @param {readonly string[]} lines
 */
async function runUnderEach(nodes, project, lines) {
  for (const { version, folder } of nodes) {
    const cwd = join(project, version);
    mkdirSync(cwd, { recursive: true });
    // The README of kes-cli makes the key of a public seed.
    writeFileSync(join(cwd, 'public-test-seed'), new Uint8Array(32), { mode: 0o600 });
    const bins = join(project, 'node_modules', '.bin');
    const PATH = [folder, bins, process.env['PATH']].join(delimiter);
    for (const line of lines) await run(cwd, 'sh', ['-ec', line], { PATH });
  }
}

/**
 * Checks files and every declaration file that they reach.
 *
 * @param {string} project
 * @param {readonly string[]} files
 * @param {Surroundings['resolution']} resolution
 */
async function compile(project, files, resolution) {
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2024', 'esnext.disposable'],
    module: resolution === 'nodenext' ? 'nodenext' : 'esnext',
    moduleResolution: resolution,
    strict: true,
    skipLibCheck: false,
    types: ['node'],
    noEmit: true,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  await run(project, process.execPath, [tsc, '--project', project]);
}
