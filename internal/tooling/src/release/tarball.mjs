// Unpacks the tarball of a package.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { run } from './command.mjs';

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
