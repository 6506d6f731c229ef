/** Packs the packages: `npm run release:pack` for a release, and in a copy at their next versions for a rehearsal. */
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ladder, scope } from '../ladder/ladder.mjs';
import { readWorkspaces, type Workspace } from '../manifests.js';
import { run } from './tools.js';

/** Packed packages. */
export interface Packed {
  /** The repository, or the copy of it, that was built. */
  readonly root: string;
  /** The folder that has the tarballs. */
  readonly folder: string;
}

/** The file that lists the packed files, in the form of the program `sha512sum`. */
export const DIGESTS = 'SHA512SUMS';

/**
 * Applies the changesets to a copy of the working tree, where versions can change, and packs every package there.
 *
 * @param folder - An empty folder for the tarballs.
 */
export async function packCopy(root: string, copy: string, folder: string): Promise<Packed> {
  await copyTree(root, copy);
  const versions = publishedIn(copy).map(({ manifest }) => manifest.version);
  // The configuration names a module of changesets, which the copy does not have.
  const modules = join(root, 'node_modules');
  const changeset = join(modules, '@changesets', 'cli', 'bin.js');
  await run(copy, process.execPath, [changeset, 'version'], { NODE_PATH: modules });
  const packages = publishedIn(copy);
  packages.forEach(({ manifest: { name, version } }, at) => {
    if (versions[at] === '0.0.0' && version !== '0.1.0') throw new Error(`${name}: not 0.1.0`);
  });
  await build(root, copy, packages);
  await pack(copy, folder);
  return { root: copy, folder };
}

/**
 * Packs every package that was built, each after those below it, and lists the digests of the tarballs in that order. The same
 * commit gives the same bytes with the same Node.js and npm.
 */
export async function pack(root: string, folder: string): Promise<void> {
  const options = ['--pack-destination', folder, '--ignore-scripts', '--json'];
  const lines: string[] = [];
  for (const one of publishedIn(root)) {
    await equalModes(join(root, one.folder));
    await run(join(root, one.folder), 'npm', ['pack', ...options]);
    lines.push(`${digestOf(join(folder, tarballOf(one)))}  ${tarballOf(one)}\n`);
  }
  writeFileSync(join(folder, DIGESTS), lines.join(''));
}

/** Gives each file that npm will pack one of the two modes of git. Checkout and build take the rest from the umask. */
async function equalModes(folder: string): Promise<void> {
  const listing = await run(folder, 'npm', ['pack', '--dry-run', '--ignore-scripts', '--json']);
  const [packed] = JSON.parse(listing) as {
    readonly files: readonly { readonly path: string }[];
  }[];
  for (const { path } of packed!.files) {
    const file = join(folder, path);
    chmodSync(file, (statSync(file).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/** The published packages, each after those below it: no package is published before those that it needs. */
export function publishedIn(root: string): Workspace[] {
  const workspaces = readWorkspaces(root).filter(({ manifest }) => !manifest.private);
  const place = ({ manifest }: Workspace): number =>
    ladder.findIndex(({ name }) => scope + name === manifest.name);
  return workspaces.sort((one, other) => place(one) - place(other));
}

/** The name that npm gives a tarball. */
export function tarballOf({ manifest: { name, version } }: Workspace): string {
  return `${name.slice(1).replace('/', '-')}-${version}.tgz`;
}

function digestOf(file: string): string {
  return createHash('sha512').update(readFileSync(file)).digest('hex');
}

/**
 * Copies the files that are committed or could be. Changesets reads the git history, so the copy begins one, at the time of
 * the last commit, which the builds contain.
 */
export async function copyTree(root: string, copy: string): Promise<void> {
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = (await run(root, 'git', listing)).split('\0');
  for (const file of listed.filter((name) => name !== '' && existsSync(join(root, name))))
    cpSync(join(root, file), join(copy, file));
  const author = ['-c', 'user.name=evolock', '-c', 'user.email=evolock@localhost'];
  await run(copy, 'git', ['init', '--quiet']);
  await run(copy, 'git', ['add', '--all']);
  const commit = ['commit', '--quiet', '--message=Working tree'];
  const date = await run(root, 'git', ['log', '-1', '--format=%cI']);
  await run(copy, 'git', [...author, ...commit], { GIT_COMMITTER_DATE: date.trim() });
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
