/** What the builds of packages contain, as they wrote it (tsup.contents.ts). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../manifests.js';

/** The folder of a library or a package, in the path of one of its files. */
const ORIGIN = /^(?:.*node_modules\/(?:@[^/]+\/)?[^/]+|packages\/[^/]+)(?=\/)/;

/**
 * The files of the repository and of libraries that the builds of a package contain, by their paths from the repository.
 *
 * @param folder - Of the package, relative to the repository.
 */
export function containedIn(root: string, folder: string): string[] {
  const written = join(root, folder, 'built-from');
  if (!existsSync(written)) throw new Error(`${folder} is not built: npm run build`);
  const files = readdirSync(written).flatMap((name) => {
    const text = readFileSync(join(written, name), 'utf8');
    return Object.values(JSON.parse(text) as Record<string, readonly string[]>).flat();
  });
  return [...new Set(files)].sort();
}

/** The folder of the library or package that has a file. A private workspace outside `packages` is neither. */
export function originOf(file: string): string | undefined {
  return ORIGIN.exec(file)?.[0];
}

/** A component of a bill of materials. */
export interface Component {
  readonly 'bom-ref': string;
  readonly type: 'library';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

/**
 * The libraries and packages that the builds of some packages contain, as a bill of materials lists them.
 *
 * @param names - Of packages, without their scope.
 */
export function builtIn(root: string, names: readonly string[]): Component[] {
  const origins = names.flatMap((own) =>
    containedIn(root, `packages/${own}`)
      .map(originOf)
      .filter((origin) => origin !== undefined && origin !== `packages/${own}`),
  );
  const manifests = [...new Set(origins as string[])].sort().map((folder) => {
    const text = readFileSync(join(root, folder, 'package.json'), 'utf8');
    return JSON.parse(text) as Manifest;
  });
  // A private package has no version that somebody could look up.
  const published = manifests.filter((manifest) => manifest.private !== true);
  return published.map(({ name, version }) => {
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    return { 'bom-ref': `${name}@${version}`, type: 'library', name, version, purl };
  });
}
