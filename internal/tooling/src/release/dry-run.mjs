// Command: rehearses a release. Publishes every package, at the version that the changesets give it, to a registry on the
// loopback, checks the files of each, installs each alone into empty projects by npm and pnpm, and uses it there under
// every supported Node.js. `--sbom FOLDER` keeps the bills of materials. Exits with 1 when something is wrong.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { npm, pnpm } from './managers.mjs';
import { useAlone, useExample } from './project.mjs';
import { buildNextVersions, publish } from './publish.mjs';
import { startRegistry } from './registry.mjs';
import { writeSbom } from './sbom.mjs';
import { checkTarball, unpack } from './tarball.mjs';
import { installTools } from './tools.mjs';

/** @typedef {import('../manifests/workspaces.mjs').Workspace} Workspace */
/** @typedef {import('./project.mjs').Surroundings} Surroundings */

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const { values } = parseArgs({ options: { sbom: { type: 'string' } } });
const scratch = mkdtempSync(join(tmpdir(), 'evolock-release-'));

try {
  console.log('==> the packages are built at their next versions, and published on the loopback');
  const copy = emptyFolder('copy');
  const packages = await buildNextVersions(root, copy);
  const tools = await installTools(emptyFolder('tools'));
  const storage = emptyFolder('storage');
  const registry = await startRegistry(tools.modules, storage);
  try {
    await publish(copy, registry.url);
    const unpacked = emptyFolder('unpacked');
    for (const { manifest } of packages) await inspect(manifest, storage, unpacked);

    const { nodes } = tools;
    const versions = nodes.map(({ version }) => version).join(', ');
    console.log(`\n==> each is installed into empty projects, and used under Node.js ${versions}`);
    const byNpm = npm(registry.url, emptyFolder('npm'));
    const byPnpm = pnpm(registry.url, emptyFolder('pnpm'), tools.pnpm);
    const projects = emptyFolder('projects');
    const sboms = values.sbom === undefined ? emptyFolder('sboms') : resolve(values.sbom);
    mkdirSync(sboms, { recursive: true });
    for (const { folder, manifest } of packages) {
      const published = { manifest, readme: readFileSync(join(copy, folder, 'README.md'), 'utf8') };
      const project = join(projects, fileName(manifest));
      const bill = join(sboms, `${fileName(manifest)}.cdx.json`);
      await Promise.all([
        use(published, `${project}-npm`, { manager: byNpm, nodes, resolution: 'nodenext' }, () =>
          writeSbom(`${project}-npm`, registry.url, bill),
        ),
        use(published, `${project}-pnpm`, { manager: byPnpm, nodes, resolution: 'bundler' }),
      ]);
    }
  } finally {
    registry.close();
  }
} finally {
  rmSync(scratch, { recursive: true });
}

/**
 * @param {string} name
 * @returns {string} a new folder that the end of the program removes
 */
function emptyFolder(name) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  return folder;
}

/**
 * @param {{ name: string, version: string }} manifest
 * @returns {string} `evolock-kes-sum-0.1.0`
 */
function fileName({ name, version }) {
  return `${name.slice(1).replace('/', '-')}-${version}`;
}

/**
 * Prints the sizes of a tarball, and what is wrong with its files.
 *
 * @param {{ name: string, version: string }} manifest
 * @param {string} storage of the registry
 * @param {string} unpacked
 */
async function inspect({ name, version }, storage, unpacked) {
  const tarball = join(storage, name, `${name.split('/')[1]}-${version}.tgz`);
  const folder = join(unpacked, name);
  const { files, packedSize, unpackedSize } = await unpack(tarball, folder);
  console.log(
    `${name}@${version}: ${kB(packedSize)} packed, ${kB(unpackedSize)} unpacked, ${files.length} files`,
  );
  for (const violation of checkTarball(folder, files)) fail(`${name}: ${violation}`);
}

/**
 * @param {number} bytes
 * @returns {string}
 */
function kB(bytes) {
  return `${(bytes / 1000).toFixed(0)} kB`;
}

/**
 * Uses a package in a project of its own, and prints what was done or what is wrong.
 *
 * @param {import('./project.mjs').Published} published
 * @param {string} project a new folder
 * @param {Surroundings} surroundings
 * @param {() => Promise<string>} [whenAlone] runs while the package is the only one in the project
 */
async function use(published, project, surroundings, whenAlone) {
  const name = `${published.manifest.name} by ${surroundings.manager.name}`;
  try {
    const alone = await useAlone(project, published, surroundings);
    const bill = whenAlone === undefined ? [] : [await whenAlone()];
    const example = await useExample(project, published, surroundings);
    console.log(`${name}: ${[...alone, ...example, ...bill].join(', ')}`);
  } catch (error) {
    fail(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @param {string} problem */
function fail(problem) {
  console.error(`WRONG ${problem}`);
  process.exitCode = 1;
}
