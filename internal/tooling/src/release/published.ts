/**
 * The packages as a release makes them: built at their next versions in a copy of the working tree, and published to a
 * registry on the loopback.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
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

/** A copy of the working tree, outside the repository, where versions can change. */
export class WorkingCopy {
  readonly #root: string;
  readonly #folder: string;
  readonly #tools: Tools;

  private constructor(root: string, folder: string, tools: Tools) {
    this.#root = root;
    this.#folder = folder;
    this.#tools = tools;
  }

  /** Copies the files that are committed or could be. Changesets reads the git history, so the copy begins one. */
  static async of(root: string, folder: string, tools: Tools): Promise<WorkingCopy> {
    const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const listed = (await run(root, 'git', listing)).split('\0');
    for (const file of listed.filter((name) => name !== '' && existsSync(join(root, name))))
      cpSync(join(root, file), join(folder, file));
    await run(folder, 'git', ['init', '--quiet']);
    const copy = new WorkingCopy(root, folder, tools);
    await copy.#commit();
    return copy;
  }

  /** Gives the packages the versions that their changesets ask for. Returns what is wrong with these. */
  async applyChangesets(): Promise<string[]> {
    const before = this.#versions();
    await this.#changesets('version');
    await this.#commit();
    const next = this.#versions();
    return [...before].flatMap(([name, version]) =>
      version === '0.0.0' && next.get(name) !== '0.1.0' ? [`${name}: not 0.1.0`] : [],
    );
  }

  /**
   * Builds the packages. The declarations do not contain the version, so they come from the repository, where
   * `npm run build` has made them.
   */
  async build(): Promise<Published[]> {
    const workspaces = readWorkspaces(this.#folder);
    linkEntries(join(this.#root, 'node_modules'), join(this.#folder, 'node_modules'));
    for (const { folder } of workspaces) {
      const installed = join(this.#root, folder, 'node_modules');
      if (existsSync(installed)) linkEntries(installed, join(this.#folder, folder, 'node_modules'));
    }
    const turbo = ['internal/tooling/turbo.mjs', 'run', 'build', '--filter=./packages/*'];
    await run(this.#folder, process.execPath, turbo);
    const packages = workspaces.filter(({ manifest }) => !manifest.private);
    for (const { folder } of packages) {
      cpSync(join(this.#root, folder, 'dist'), join(this.#folder, folder, 'dist'), {
        recursive: true,
        filter: (path) => path.endsWith('.d.ts') || statSync(path).isDirectory(),
      });
    }
    return packages.map((one) => ({
      ...one,
      readme: readFileSync(join(this.#folder, one.folder, 'README.md'), 'utf8'),
    }));
  }

  /** Publishes as `npm run release` does. npm needs a token, and the registry takes any. */
  async publish(registry: string): Promise<void> {
    const npmrc = join(this.#folder, '.npmrc-of-the-loopback');
    writeFileSync(npmrc, `${registry.replace('http:', '')}:_authToken=any\n`);
    const environment = { npm_config_registry: registry, npm_config_userconfig: npmrc };
    await this.#changesets('publish', environment);
  }

  #versions(): Map<string, string> {
    const published = readWorkspaces(this.#folder).filter(({ manifest }) => !manifest.private);
    return new Map(published.map(({ manifest: { name, version } }) => [name, version]));
  }

  async #commit(): Promise<void> {
    await run(this.#folder, 'git', ['add', '--all']);
    const author = ['-c', 'user.name=evolock', '-c', 'user.email=evolock@localhost'];
    const message = ['--quiet', '--message=Working tree'];
    await run(this.#folder, 'git', [...author, 'commit', ...message]);
  }

  async #changesets(command: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { modules } = this.#tools;
    const program = join(modules, '@changesets', 'cli', 'bin.js');
    // The configuration names a module of changesets, which the copy does not have.
    await run(this.#folder, process.execPath, [program, command], { NODE_PATH: modules, ...env });
  }
}

/** Links the entries of a folder `node_modules`. npm links workspaces relative to it, so the copy gets its own. */
function linkEntries(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.name === '@evolock') linkEntries(source, target);
    else if (entry.name !== '.cache') symlinkSync(source, target, 'junction');
  }
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
