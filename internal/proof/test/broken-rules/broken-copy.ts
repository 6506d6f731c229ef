import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { editedSources, folderOf, root, type Edit } from './edited-source.js';

const EVERYBODY_MAY_READ = 0o755;

/** The packages that are built separately, each with those below it. The build of the program includes the internal workspaces. */
function packagesOf(name: string): string[] {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(folderOf(name), 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const found = Object.keys({ ...dependencies, ...(name === 'proof' ? devDependencies : {}) })
    .filter((each) => each.startsWith('@evolock/'))
    .map((each) => each.slice('@evolock/'.length))
    .filter((each) => existsSync(join(root, 'packages', each)));
  return [...new Set([...found, ...found.flatMap(packagesOf)])];
}

/**
 * Copies the built packages and the built program into a folder, and builds the edited packages there from their sources.
 *
 * @returns The path of the scanned program in the copy.
 */
export async function brokenCopy(folder: string, edits: readonly Edit[]): Promise<string> {
  const modules = join(folder, 'node_modules');
  // The ordinary user must be able to read the folder.
  chmodSync(folder, EVERYBODY_MAY_READ);
  mkdirSync(join(modules, '@evolock'), { recursive: true });
  for (const name of packagesOf('proof'))
    for (const part of ['package.json', 'dist'])
      cpSync(join(folderOf(name), part), join(modules, '@evolock', name, part), {
        recursive: true,
      });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@evolock' && !name.startsWith('.'))
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
  for (const part of ['package.json', 'dist'])
    cpSync(join(folderOf('proof'), part), join(folder, part), { recursive: true });
  for (const name of new Set(edits.map((edit) => edit.package)))
    await buildEdited(
      name,
      edits.filter((edit) => edit.package === name),
      join(name === 'proof' ? folder : join(modules, '@evolock', name), 'dist'),
    );
  return join(folder, 'dist', 'child.js');
}

/** The entries of a package: those of its own configuration, or those that its manifest exports. */
async function entriesOf(folder: string): Promise<Record<string, string>> {
  const own = join(folder, 'tsup.config.ts');
  if (existsSync(own)) {
    const { default: configure } = (await import(own)) as {
      default: (given: object) => { entry: Record<string, string> };
    };
    return configure({}).entry;
  }
  const { exportedEntries } = (await import(join(root, 'tsup.shared.ts'))) as {
    exportedEntries: (folder: string) => Record<string, string>;
  };
  return exportedEntries(folder);
}

/** Builds a package as its configuration says, with edits. */
async function buildEdited(name: string, edits: readonly Edit[], outdir: string): Promise<void> {
  const sources = editedSources(edits);
  const folder = folderOf(name);
  await build({
    entryPoints: await entriesOf(folder),
    absWorkingDir: folder,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    packages: 'external',
    keepNames: true,
    define: { PACKAGE_VERSION: JSON.stringify('0.0.0-broken') },
    logLevel: 'error',
    plugins: [
      {
        name: 'edits',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            const contents = sources.get(path);
            return contents === undefined ? undefined : { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
}
