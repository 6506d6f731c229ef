/** The manifests of the repository, and the rules for them: who may depend on whom, and what a published package has. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';
import { layerNamed, mayUse, native, scope, testsMayUse, unrestricted } from './ladder/ladder.mjs';

/** The key in `exports` of modules that are declarations alone (tsup.shared.ts). */
export const DECLARED = './declared/*';

/** The members of a package.json that the rules read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly license?: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>> | undefined;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly access?: string };
  readonly files?: readonly string[];
  readonly repository?: { readonly directory?: string };
  readonly dependencies?: Dependencies;
  readonly devDependencies?: Dependencies;
  readonly peerDependencies?: Dependencies;
  readonly optionalDependencies?: Dependencies;
}

type Dependencies = Readonly<Record<string, string>>;

export interface Workspace {
  /** Relative to the repository. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly hasReadme: boolean;
}

/** Every workspace that the root manifest names. */
export function readWorkspaces(root: string): Workspace[] {
  const read = (folder: string): unknown =>
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const { workspaces } = read('.') as { readonly workspaces: readonly string[] };
  return workspaces
    .flatMap((pattern) => {
      if (!pattern.endsWith('/*')) return [pattern];
      const parent = pattern.slice(0, -2);
      return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
    })
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({
      folder,
      manifest: read(folder) as Manifest,
      hasReadme: existsSync(join(root, folder, 'README.md')),
    }));
}

/** Each violation of a rule, with the manifest that it is in. */
export function checkManifests(workspaces: readonly Workspace[]): string[] {
  return workspaces.flatMap((workspace) =>
    [
      ...dependenciesOf(workspace.manifest).flatMap((one) =>
        checkDependency(one, workspace, workspaces),
      ),
      ...checkMembers(workspace),
    ].map((violation) => `${workspace.folder}/package.json: ${violation}`),
  );
}

interface Dependency {
  readonly section: string;
  readonly name: string;
  readonly range: string;
  /** Whether npm installs it for a user. */
  readonly installed: boolean;
}

function dependenciesOf(manifest: Manifest): Dependency[] {
  const sections = [
    'dependencies',
    'peerDependencies',
    'optionalDependencies',
    'devDependencies',
  ] as const;
  return sections.flatMap((section) =>
    Object.entries(manifest[section] ?? {}).map(([name, range]) => ({
      section,
      name,
      range,
      installed: section !== 'devDependencies',
    })),
  );
}

function checkDependency(
  { section, name, range, installed }: Dependency,
  { folder, manifest }: Workspace,
  all: readonly Workspace[],
): string[] {
  const layer = layerNamed(manifest.name.replace(scope, ''));
  const wrong = (what: string): string[] => [`${section} has ${name}${what}`];
  if (name === native.name) {
    const mayLoad = layer?.role === 'rung' || layer?.role === 'program';
    return [
      ...(range === native.version ? [] : wrong(` at ${range}, not exactly ${native.version}`)),
      ...(mayLoad || !installed ? [] : wrong(', which belongs to the packages of the ladder')),
    ];
  }
  if (layer?.role === 'shared' && installed)
    return wrong(', but the package that all share depends on nothing');
  if (!name.startsWith(scope)) return [];
  const target = all.find((one) => one.manifest.name === name)?.manifest;
  const names = layer && (installed ? mayUse(layer) : testsMayUse(layer));
  const allowed = names?.map((one) => scope + one) ?? [];
  const hasTypes = manifest.private !== true && manifest.exports?.['.'] !== undefined;
  const testsOnly = layerNamed(name.replace(scope, ''))?.testsOnly === true && !layer?.testsOnly;
  return [
    ...(target === undefined ? wrong(', which is not a workspace') : []),
    // npm installs a package from the registry when no workspace satisfies its range.
    ...(target === undefined || semver.satisfies(target.version, range)
      ? []
      : wrong(` at ${range}, which its version ${target.version} does not satisfy`)),
    ...(!installed || !hasTypes || target === undefined || target.exports?.[DECLARED] !== undefined
      ? []
      : wrong(`, whose exports have no "${DECLARED}", which declarations import (tsup.shared.ts)`)),
    ...(testsOnly && installed ? wrong(', which is for devDependencies alone') : []),
    ...(unrestricted.includes(folder) || allowed.includes(name)
      ? []
      : wrong(
          `, but may have ${allowed.length > 0 ? allowed.join(', ') : 'no package of the repository'}`,
        )),
  ];
}

function checkMembers({ folder, manifest, hasReadme }: Workspace): string[] {
  const { bin, exports: entries = {}, repository, publishConfig } = manifest;
  const hasPlace = unrestricted.includes(folder) || layerNamed(manifest.name.replace(scope, ''));
  // A command is run and not imported, so it exports no code. A library may have a command too.
  const isCommand = bin !== undefined && entries['.'] === undefined;
  const rules: readonly (readonly [holds: unknown, violation: string])[] = [
    [hasPlace, 'has no place in the ladder: give it one in internal/tooling/src/ladder/ladder.mjs'],
    [manifest.type === 'module', 'type is not "module"'],
    // In these versions `require()` of an ES module works without a flag.
    [manifest.engines?.['node'] === '^20.19 || >=22.12', 'engines.node is not "^20.19 || >=22.12"'],
    [manifest.license === 'Apache-2.0', 'license is not "Apache-2.0"'],
    ...(manifest.private === true
      ? []
      : ([
          [publishConfig?.access === 'public', 'publishConfig.access is not "public"'],
          [manifest.files?.includes('dist'), 'files does not list "dist"'],
          [repository?.directory === folder, `repository.directory is not "${folder}"`],
          [hasReadme, 'README.md is missing'],
          [isCommand || entries['.'] !== undefined, 'exports has no "." entry'],
          [
            !isCommand || Object.keys(entries).every((entry) => entry.endsWith('.json')),
            'exports of a command are not JSON alone',
          ],
          ...Object.entries(entries)
            .filter(([path]) => path !== DECLARED)
            .map(
              ([path, target]) =>
                [
                  hasDefault(target),
                  `exports["${path}"] has no "default" condition, so require() does not find it`,
                ] as const,
            ),
        ] as const)),
  ];
  return rules.filter(([holds]) => !holds).map(([, violation]) => violation);
}

/** `require()` does not find an entry that has the condition `import` only. */
function hasDefault(target: unknown): boolean {
  if (typeof target !== 'object' || target === null) return typeof target === 'string';
  return 'default' in target && hasDefault(target.default);
}
