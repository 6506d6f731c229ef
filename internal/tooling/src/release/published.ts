/**
 * The packages as a release makes them: built at their next versions in a copy of the working tree, and published to a
 * registry on the loopback.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { statSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readWorkspaces, type Workspace } from '../manifests.js';
import { run, type Tools } from './tools.js';

/** What npm publishes. */
export interface Published extends Workspace {
  readonly readme: string;
}

/** Publishes every package, as `npm run release` does, from a copy of the working tree, where versions can change. */
export async function publishCopy(
  root: string,
  copy: string,
  { modules }: Tools,
  registry: string,
): Promise<Published[]> {
  const changesets = async (command: string, env: Readonly<Record<string, string>> = {}) => {
    const program = join(modules, '@changesets', 'cli', 'bin.js');
    // The configuration names a module of changesets, which the copy does not have.
    await run(copy, process.execPath, [program, command], { NODE_PATH: modules, ...env });
  };
  await copyTree(root, copy);
  const versions = publishedIn(copy).map(({ manifest }) => manifest.version);
  await changesets('version');
  const packages = publishedIn(copy);
  packages.forEach(({ manifest: { name, version } }, at) => {
    if (versions[at] === '0.0.0' && version !== '0.1.0') throw new Error(`${name}: not 0.1.0`);
  });
  await build(root, copy, packages);
  // npm needs a token, and the registry takes any.
  const npmrc = join(copy, '.npmrc-of-the-loopback');
  writeFileSync(npmrc, `${registry.replace('http:', '')}:_authToken=any\n`);
  await changesets('publish', { npm_config_registry: registry, npm_config_userconfig: npmrc });
  return packages.map((one) => ({
    ...one,
    readme: readFileSync(join(copy, one.folder, 'README.md'), 'utf8'),
  }));
}

function publishedIn(root: string): Workspace[] {
  return readWorkspaces(root).filter(({ manifest }) => !manifest.private);
}

/** Copies the files that are committed or could be. Changesets reads the git history, so the copy begins one. */
async function copyTree(root: string, copy: string): Promise<void> {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = (await run(root, 'git', listing)).split('\0');
  for (const file of listed.filter((name) => name !== '' && existsSync(join(root, name))))
    cpSync(join(root, file), join(copy, file));
  const author = ['-c', 'user.name=evolock', '-c', 'user.email=evolock@localhost'];
  await run(copy, 'git', ['init', '--quiet']);
  await run(copy, 'git', ['add', '--all']);
  await run(copy, 'git', [...author, 'commit', '--quiet', '--message=Working tree']);
}

/**
 * Builds the packages of the copy. The declarations do not contain the version, so they come from the repository, where
 * `npm run build` has made them.
 */
async function build(root: string, copy: string, packages: readonly Workspace[]): Promise<void> {
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, '@evolock'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@evolock' && name !== '.cache')
      symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  for (const { folder, manifest } of readWorkspaces(copy)) {
    symlinkSync(join(copy, folder), join(modules, manifest.name), 'junction');
    const own = join(root, folder, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(copy, folder, 'node_modules'), 'junction');
  }
  const turbo = ['internal/tooling/turbo.mjs', 'run', 'build', '--filter=./packages/*'];
  await run(copy, process.execPath, turbo);
  for (const { folder } of packages)
    cpSync(join(root, folder, 'dist'), join(copy, folder, 'dist'), {
      recursive: true,
      filter: (path) => path.endsWith('.d.ts') || statSync(path).isDirectory(),
    });
}

/** A registry on the loopback that has the packages of the scope @evolock and no others. */
export async function startRegistry(
  { modules }: Tools,
  storage: string,
): Promise<{ readonly url: string; close(): void }> {
  const { runServer } = createRequire(join(modules, 'x.js'))('verdaccio') as {
    readonly runServer: (config: object) => Promise<Server>;
  };
  const server = await runServer({
    storage,
    self_path: storage,
    packages: { '@evolock/*': { access: '$all', publish: '$all' } },
    uplinks: {},
    web: { enable: false },
    max_body_size: '100mb',
    log: { type: 'stdout', format: 'pretty', level: 'error' },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
