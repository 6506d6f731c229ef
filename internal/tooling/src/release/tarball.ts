/** The files of a package: each is used by those who install it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';

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
  /^adapters\/\w+\.(?:go|py)$/,
];

/** What is wrong with the files of an installed package. */
export function wrongFiles(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('node_modules/'));
  const sources = files
    .filter((file) => file.endsWith('.map'))
    .flatMap((map) => sourcesOf(folder, map));
  const outside = sources.filter(({ contained }) => !contained).map(({ file }) => file);
  const isUnused = outside.length === 0 && files.some((file) => file.startsWith('src/'));
  return [
    ...[...required, ...outside]
      .filter((file) => !files.includes(file))
      .map((file) => `${file} is missing`),
    ...sources
      .filter(({ contained, file }) => contained && files.includes(file))
      .map(({ file }) => `${file} is in a source map too`),
    ...files
      .filter((file) => !kinds.some((kind) => kind.test(file)))
      .map((file) => `${file} is of no kind that users need`),
    ...(isUnused ? ['src is used by no source map'] : []),
  ];
}

/** The sources of a source map, and whether it contains them. */
function sourcesOf(folder: string, map: string) {
  const { sources, sourcesContent = [] } = JSON.parse(readFileSync(join(folder, map), 'utf8')) as {
    readonly sources: readonly string[];
    readonly sourcesContent?: readonly unknown[];
  };
  return sources.map((source, at) => ({
    file: posix.join(posix.dirname(map), source),
    contained: typeof sourcesContent[at] === 'string',
  }));
}
