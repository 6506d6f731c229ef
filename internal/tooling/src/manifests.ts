/** The workspaces of the repository, and their manifests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The key in `exports` of modules that are declarations alone (tsup.shared.ts). */
export const DECLARED = './declared/*';

/** The members of a package.json that are read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
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
    .map((folder) => ({ folder, manifest: read(folder) as Manifest }));
}
