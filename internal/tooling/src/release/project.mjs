// Installs one package into an empty project as its users do, and uses it there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { fencedExamples, installedBy } from '../examples/fences.mjs';
import { writeExamples } from '../examples/write.mjs';
import { run } from './command.mjs';
import { commandLines, writePrograms } from './programs.mjs';
import { checkTypesIn } from './types.mjs';

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
 * @property {import('./types.mjs').Resolution} resolution
 */

/**
 * Installs the package alone, imports it in both ways and runs its commands.
 *
 * @param {string} folder a new one
 * @param {Published} published
 * @param {Surroundings} surroundings
 * @returns {Promise<string[]>} what was done
 * @throws {Error} with the output of what fails
 */
export async function useAlone(folder, { manifest, readme }, { manager, nodes }) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "project", "version": "1.0.0" }');
  await manager.install(folder, [manifest.name]);
  const programs = writePrograms(folder, manifest);
  const commands = commandLines(manifest, readme);
  await runUnderEach(nodes, folder, [...programs.map(nodeLine), ...commands]);
  return [
    ...(programs.length > 0 ? ['import', 'require'] : []),
    ...(commands.length > 0 ? [`${commands.length} lines of a shell`] : []),
  ];
}

/**
 * Installs what the README names above its first example too, compiles the example and runs it.
 *
 * @param {string} folder the project in which the package was used alone
 * @param {Published} published
 * @param {Surroundings} surroundings
 * @returns {Promise<string[]>} what was done
 * @throws {Error} with the output of what fails
 */
export async function useExample(folder, { manifest, readme }, { manager, nodes, resolution }) {
  const lines = readme.split('\n');
  const [example] = fencedExamples(lines, { file: 'README.md', firstLine: 1 });
  if (example === undefined) return [];
  const named = installedBy(lines.slice(0, example.line).join('\n'));
  const others = named.filter((name) => name !== manifest.name);
  await manager.install(folder, [...others, '@types/node@20']);
  const [written] = writeExamples([example], join(folder, 'example'));
  if (written === undefined) throw new Error('the example was not written');
  checkTypesIn(folder, ['types.mts', relative(folder, written.source)], resolution);
  if (example.noRun) return [resolution, `example not run: ${example.noRun}`];
  await runUnderEach(nodes, folder, [nodeLine(written.program)]);
  return [resolution, 'example'];
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
    writeFileSync(join(cwd, 'public-test-seed'), new Uint8Array(32).fill(1), { mode: 0o600 });
    const bins = join(project, 'node_modules', '.bin');
    const PATH = [folder, bins, process.env['PATH']].join(delimiter);
    for (const line of lines) await run(cwd, 'sh', ['-ec', line], { PATH });
  }
}
