/** Which packages contain a change that no changeset releases. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import releasePlanOf from '@changesets/get-release-plan';
import { readWorkspaces, type Workspace } from '../manifests.js';
import { containedIn, originOf } from './contents.js';
import { run } from './tools.js';

/** What the working tree is compared with. */
export interface Base {
  readonly commit: string;
  /** What this commit is, for people. */
  readonly name: string;
}

/**
 * A branch is compared with the commit where it left `main`: each pull request brings the changesets of what it changes.
 * `main` itself, and a clone without that branch, are compared with the last release, whose changesets are applied.
 *
 * @throws Error in a shallow clone, which does not have these commits.
 */
export async function baseOf(root: string): Promise<Base> {
  const git = async (...args: readonly string[]) => (await run(root, 'git', args)).trim();
  if ((await git('rev-parse', '--is-shallow-repository')) === 'true')
    throw new Error('A shallow clone has no commit to compare with: git fetch --unshallow');
  const head = await git('rev-parse', 'HEAD');
  if ((await git('branch', '--list', 'main')) !== '') {
    const fork = await git('merge-base', 'HEAD', 'main');
    if (fork !== head) return { commit: fork, name: 'where the branch left main' };
  }
  // A release writes the changelogs, and nothing else does.
  const changelogs = 'packages/*/CHANGELOG.md';
  if ((await git('ls-files', '--', changelogs)) !== '') {
    const commit = await git('log', '-1', '--format=%H', '--', changelogs);
    return { commit, name: 'the last release' };
  }
  return { commit: head, name: 'the last commit, since there is no release yet' };
}

/**
 * For each published package that has no changeset since the base, what of its content changed since then: files, and libraries
 * with their versions.
 */
export async function withoutChangeset(
  root: string,
  { commit }: Base,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const diff = await run(root, 'git', ['diff', '--name-only', '--no-renames', commit]);
  const changed = diff.split('\n').filter((file) => file !== '');
  const old = await run(root, 'git', ['show', `${commit}:package-lock.json`]);
  const before = JSON.parse(old) as Lockfile;
  const after = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
  const { changesets, releases } = await releasePlanOf(root, commit);
  const released = new Set([
    // Those above a changed package, too, when they install it.
    ...releases.filter(({ type }) => type !== 'none').map(({ name }) => name),
    ...changesets.flatMap((one) => one.releases.map(({ name }) => name)),
  ]);
  const missing = new Map<string, string[]>();
  for (const workspace of readWorkspaces(root)) {
    const { folder, manifest } = workspace;
    if (manifest.private === true || released.has(manifest.name)) continue;
    const contained = containedIn(root, folder);
    const manifestFile = `${folder}/package.json`;
    const oldManifest = changed.includes(manifestFile)
      ? await run(root, 'git', ['show', `${commit}:${manifestFile}`]).catch(() => '{}')
      : undefined;
    const files = new Set([...contained, ...configurationOf(root, folder)]);
    const changes = [
      ...changed.filter((file) => files.has(file) || isPublished(workspace, file)),
      ...(oldManifest === undefined ? [] : changedFields(manifestFile, oldManifest, manifest)),
      ...changedLibraries(contained, before, after),
    ];
    if (changes.length > 0) missing.set(manifest.name, changes);
  }
  return missing;
}

/**
 * The files that say how a package is built: its own, and those of the root that they import. The versions of the tools are
 * not among them: an update of a tool is no change of a package.
 */
function configurationOf(root: string, folder: string): readonly string[] {
  const files = readdirSync(join(root, folder))
    .filter((name) => /^tsup\.(?:.*\.)?config\.ts$/.test(name))
    .map((name) => join(folder, name));
  for (const file of files)
    for (const [, target = ''] of readFileSync(join(root, file), 'utf8').matchAll(
      RELATIVE_IMPORT,
    )) {
      const imported = join(dirname(file), target.replace(/\.js$/, '.ts'));
      if (!files.includes(imported)) files.push(imported);
    }
  return [...files, 'tsconfig.base.json'];
}

const RELATIVE_IMPORT = /\bfrom '(\.[^']*)'/g;

/** Whether a file is one that npm publishes as it stands, or a source. Types are in no built file, and a changelog follows a changeset. */
function isPublished({ folder, manifest }: Workspace, file: string): boolean {
  const published = ['src', ...(manifest.files ?? [])].filter((one) => one !== 'CHANGELOG.md');
  return published.some((one) => `${file}/`.startsWith(`${folder}/${one}/`));
}

/** The fields of a manifest that users or npm read. Scripts and devDependencies are for the repository. */
const PUBLISHED_FIELDS = [
  'type',
  'engines',
  'os',
  'sideEffects',
  'main',
  'types',
  'exports',
  'browser',
  'bin',
  'files',
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
] as const;

/** The published fields of a manifest that changed, behind the name of its file. */
function changedFields(file: string, old: string, now: object): string[] {
  const before = JSON.parse(old) as Readonly<Record<string, unknown>>;
  const after = now as Readonly<Record<string, unknown>>;
  return PUBLISHED_FIELDS.filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  ).map((field) => `${file}: ${field}`);
}

/** What npm installs, by its place. */
interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version?: string } | undefined>>;
}

/** The libraries in a build whose version in the lockfile changed. */
function changedLibraries(
  contained: readonly string[],
  before: Lockfile,
  after: Lockfile,
): string[] {
  const places = new Set(contained.map(originOf).filter((one) => one?.includes('node_modules/')));
  return ([...places] as string[]).flatMap((place) => {
    const name = place.replace(/^.*node_modules\//, '');
    const versionIn = ({ packages }: Lockfile): string | undefined =>
      (packages[place] ?? packages[`node_modules/${name}`])?.version;
    const old = versionIn(before);
    const now = versionIn(after);
    return old === now ? [] : [`${name} ${now ?? '(none)'}, which was ${old ?? '(none)'}`];
  });
}
