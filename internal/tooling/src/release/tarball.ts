/** The tarball of a package: each of its files is used by those who install the package. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { run } from './tools.js';

const required = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];

/** The kinds of files that a package may have. */
const kinds = [
  /^(?:package\.json|README\.md|LICENSE|NOTICE|CHANGELOG\.md)$/,
  /^dist\/[\w/-]+\.(?:d\.ts|c?js|js\.map)$/,
  /^dist\/(?:LICENSES\.txt|man\/man1\/[\w-]+\.1)$/,
  /^(?:bin\/[\w-]+\.c?js|browser\.cjs)$/,
  /^src\/[\w/-]+\.ts$/,
  /^(?:schemas?|vectors)\/[\w/.-]+\.json$/,
  /^vectors\/SHA256SUMS$/,
  /^deploy\/[\w.-]+$/,
];

/** Unpacks a tarball into a new folder. Returns its files, and its sizes as text. */
export async function unpack(
  tarball: string,
  folder: string,
): Promise<{ readonly files: string[]; readonly sizes: string }> {
  mkdirSync(folder, { recursive: true });
  await run(folder, 'tar', ['-xzf', tarball, '--strip-components=1']);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const kB = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;
  const unpacked = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const sizes = `${kB(statSync(tarball).size)} packed, ${kB(unpacked)} unpacked, ${String(files.length)} files`;
  return { files: files.map((file) => relative(folder, file)), sizes };
}

/**
 * The libraries that installed packages contain in their builds, as a bill of materials lists them.
 *
 * @param packages - The folders of the packages.
 */
export function builtIn(packages: readonly string[]): object[] {
  return packages
    .map((folder) => join(folder, 'dist', 'LICENSES.txt'))
    .filter((file) => existsSync(file))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^(\S+) (\S+)\n=+$/gm)])
    .map(([, name = '', version = '']) => {
      const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
      return { 'bom-ref': `${name}@${version}`, type: 'library', name, version, purl };
    });
}

/** The violations in an unpacked tarball. Its files are relative to the folder. */
export function checkTarball(folder: string, files: readonly string[]): string[] {
  const sources = files
    .filter((file) => file.endsWith('.map'))
    .flatMap((map) => mapped(folder, map));
  return [
    ...required.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
    ...files
      .filter((file) => !kinds.some((kind) => kind.test(file)))
      .map((file) => `${file} is of no kind that users need`),
    ...sources
      .filter(({ file, contained }) => files.includes(file) === contained)
      .map(({ map, file, contained }) =>
        contained ? `${map} repeats ${file}` : `${map} needs ${file}, which is missing`,
      ),
    ...(files.some((file) => file.startsWith('src/')) &&
    !sources.some(({ file }) => files.includes(file))
      ? ['src is used by no source map']
      : []),
  ];
}

/** The sources of a source map, and whether the map contains them. */
function mapped(
  folder: string,
  map: string,
): { readonly map: string; readonly file: string; readonly contained: boolean }[] {
  const { sources, sourcesContent = [] } = JSON.parse(readFileSync(join(folder, map), 'utf8')) as {
    readonly sources: readonly string[];
    readonly sourcesContent?: readonly unknown[];
  };
  return sources.map((source, at) => ({
    map,
    file: posix.join(posix.dirname(map), source),
    contained: typeof sourcesContent[at] === 'string',
  }));
}
