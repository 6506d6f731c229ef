// The tarball of a package: it is unpacked, and each of its files is used by those who install the package.
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { run } from './command.mjs';

/**
 * The members of a package.json that name the files which others load.
 *
 * @typedef {{ exports?: unknown, bin?: Record<string, string> }} Entries
 */

const required = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];

/** The kinds of files that a package may have. */
const kinds = [
  /^(?:package\.json|README\.md|LICENSE|NOTICE|CHANGELOG\.md)$/,
  /^dist\/[\w/-]+\.(?:d\.ts|c?js|js\.map)$/,
  /^dist\/(?:LICENSES\.txt|man\/man1\/[\w-]+\.1)$/,
  /^bin\/[\w-]+\.c?js$/,
  /^src\/[\w/-]+\.ts$/,
  /^(?:schemas?|vectors)\/[\w/.-]+\.json$/,
  /^deploy\/[\w.-]+$/,
];

/**
 * @param {string} tarball
 * @param {string} folder a new one
 * @returns {Promise<{ files: string[], packedSize: number, unpackedSize: number }>} sizes in bytes; paths with slashes
 */
export async function unpack(tarball, folder) {
  mkdirSync(folder, { recursive: true });
  await run(folder, 'tar', ['-xzf', tarball, '--strip-components=1']);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return {
    files: files.map((file) => relative(folder, file).split(sep).join('/')),
    packedSize: statSync(tarball).size,
    unpackedSize: files.reduce((sum, file) => sum + statSync(file).size, 0),
  };
}

/**
 * @param {string} folder an unpacked tarball
 * @param {readonly string[]} files its files, relative to the folder, with forward slashes
 * @returns {string[]} violations
 */
export function checkTarball(folder, files) {
  const reached = reachedCode(folder, files);
  const maps = files.filter((file) => file.endsWith('.map')).map((file) => readMap(folder, file));
  const mapped = new Set(maps.flatMap(({ sources }) => sources.map(({ file }) => file)));
  return [
    ...required.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
    ...files
      .filter((file) => !kinds.some((kind) => kind.test(file)))
      .map((file) => `${file} is of no kind that users need`),
    ...files
      .filter((file) => /^(?:dist|bin)\/.*\.c?js$/.test(file) && !reached.has(file))
      .map((file) => `${file} is reached from no entry`),
    ...maps.flatMap(({ map, sources }) =>
      sources
        .filter(({ file, contained }) => files.includes(file) === contained)
        .map(({ file, contained }) =>
          contained ? `${map} repeats ${file}` : `${map} needs ${file}, which is missing`,
        ),
    ),
    ...(files.some((file) => file.startsWith('src/')) && ![...mapped].some((f) => files.includes(f))
      ? ['src is used by no source map']
      : []),
  ];
}

/**
 * @param {string} folder
 * @param {readonly string[]} files
 * @returns {Set<string>} the files that exports and commands name, and those that these name in turn
 */
function reachedCode(folder, files) {
  const manifest = /** @type {Entries} */ (JSON.parse(read(folder, 'package.json')));
  const waiting = [...strings(manifest.exports), ...strings(manifest.bin)].map(posix.normalize);
  /** @type {Set<string>} */
  const reached = new Set();
  for (const file of waiting) {
    if (reached.has(file) || !files.includes(file)) continue;
    reached.add(file);
    for (const [, named = ''] of read(folder, file).matchAll(
      /["']((?:\.\.?\/)?[\w/-]+\.c?js)["']/g,
    ))
      waiting.push(posix.join(posix.dirname(file), named));
  }
  return reached;
}

/**
 * @param {unknown} value
 * @returns {string[]} every string in it
 */
function strings(value) {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

/**
 * @param {string} folder
 * @param {string} map
 * @returns {{ map: string, sources: { file: string, contained: boolean }[] }} its sources, and whether it contains them
 */
function readMap(folder, map) {
  const { sources, sourcesContent = [] } =
    /** @type {{ sources: string[], sourcesContent?: (string | null)[] }} */ (
      JSON.parse(read(folder, map))
    );
  return {
    map,
    sources: sources.map((source, at) => ({
      file: posix.join(posix.dirname(map), source),
      contained: typeof sourcesContent[at] === 'string',
    })),
  };
}

/**
 * @param {string} folder
 * @param {string} file
 * @returns {string}
 */
function read(folder, file) {
  return readFileSync(join(folder, file), 'utf8');
}
