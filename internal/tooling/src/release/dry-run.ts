/**
 * The program of `npm run release:dry`: rehearses a release. It publishes every package, at the version that the changesets
 * give it, to a registry on the loopback, installs each alone into empty projects by npm and pnpm, checks its files, and uses
 * it there. `--packed FOLDER` rehearses what `npm run release:pack` has packed. `--sbom FOLDER` keeps the bills of materials.
 * Its exit code is 1 when something is wrong.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { npm, pnpm, useAlone, useExample, type Manager } from './project.js';
import { builtIn } from './contents.js';
import { packCopy, type Packed } from './pack.js';
import { publish, startRegistry, type Published } from './published.js';
import { wrongFiles } from './tarball.js';
import { readyTools, run } from './tools.js';

// The built program is in the folder `dist` of the workspace.
const root = fileURLToPath(new URL('../../..', import.meta.url));
const { values } = parseArgs({
  options: { packed: { type: 'string' }, sbom: { type: 'string' } },
});
const scratch = mkdtempSync(join(tmpdir(), 'evolock-release-'));
try {
  await rehearse();
} finally {
  rmSync(scratch, { recursive: true });
}

async function rehearse(): Promise<void> {
  console.log('==> the packages are packed at their next versions, and published on the loopback');
  const tools = await readyTools(root);
  const packed: Packed =
    values.packed === undefined
      ? await packCopy(root, emptyFolder('copy'), emptyFolder('packed'))
      : { root, folder: resolve(values.packed) };
  const registry = await startRegistry(tools, emptyFolder('storage'));
  try {
    const packages = await publish(packed, registry.url, emptyFolder('bin'));
    const versions = tools.nodes.map(({ version }) => version).join(', ');
    console.log(`\n==> each is installed into empty projects, and used under Node.js ${versions}`);
    const byNpm = npm(tools, registry.url, emptyFolder('npm'));
    const byPnpm = pnpm(tools, registry.url, emptyFolder('pnpm'));
    const projects = emptyFolder('projects');
    const bills = values.sbom === undefined ? emptyFolder('bills') : resolve(values.sbom);
    mkdirSync(bills, { recursive: true });
    for (const one of packages) {
      const { name } = one.manifest;
      // `evolock-kes-sum-0.1.0`
      const file = one.tarball.replace(/\.tgz$/, '');
      const project = join(projects, file);
      const bill = join(bills, `${file}.cdx.json`);
      await Promise.all([
        use(one, `${project}-npm`, byNpm, async (folder) => {
          for (const wrong of wrongFiles(join(folder, 'node_modules', name)))
            fail(`${name}: ${wrong}`);
          return writeBill(folder, packed.root, registry.url, bill);
        }),
        use(one, `${project}-pnpm`, byPnpm, (folder) => useExample(folder, one, byPnpm)),
      ]);
    }
  } finally {
    registry.close();
  }
}

/** A new folder that the end of the program removes. */
function emptyFolder(name: string): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  return folder;
}

/** Uses a package in a new project, where it is alone at first. */
async function use(
  one: Published,
  project: string,
  manager: Manager,
  andThen: (project: string) => Promise<string>,
): Promise<void> {
  const name = `${one.manifest.name}@${one.manifest.version} by ${manager.name}`;
  try {
    console.log(`${name}: ${await useAlone(project, one, manager)}, ${await andThen(project)}`);
  } catch (error) {
    fail(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Writes the bill of materials in the format CycloneDX: every package that is installed with this one, and what the packages
 * of the repository contain.
 */
async function writeBill(
  project: string,
  sources: string,
  registry: string,
  file: string,
): Promise<string> {
  const printed = await run(project, 'npm', ['sbom', '--sbom-format', 'cyclonedx']);
  const bill = JSON.parse(printed) as {
    components: {
      readonly name: string;
      readonly version: string;
      externalReferences?: { readonly url: string }[];
    }[];
  };
  for (const component of bill.components)
    component.externalReferences = (component.externalReferences ?? []).filter(
      ({ url }) => !url.startsWith(registry),
    );
  const installed = readdirSync(join(project, 'node_modules', '@evolock'));
  const listed = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
  const contained = builtIn(sources, installed).filter((one) => !listed.has(one['bom-ref']));
  Object.assign(bill, { components: [...bill.components, ...contained] });
  writeFileSync(file, `${JSON.stringify(bill, undefined, 2)}\n`);
  return `bill of ${String(bill.components.length)} packages, ${String(contained.length)} of them built in`;
}

function fail(problem: string): void {
  console.error(`WRONG ${problem}`);
  process.exitCode = 1;
}
