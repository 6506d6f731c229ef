/** Files of other implementations, which the package does not ship. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ArgumentError, ExternalVectorsError } from '../errors.js';

/** The content of a file of external vectors, or the reason for its absence in one sentence. */
export type ExternalVectors<Data = unknown> =
  | { readonly available: true; readonly path: string; readonly data: Data }
  | { readonly available: false; readonly reason: string };

/** The folder of the repository, whose package.json has this name. */
function rootAbove(folder: string): string | undefined {
  const path = join(folder, 'package.json');
  if (existsSync(path)) {
    const { name } = JSON.parse(readFileSync(path, 'utf8')) as { readonly name?: unknown };
    if (name === 'evolock') return folder;
  }
  const above = dirname(folder);
  return above === folder ? undefined : rootAbove(above);
}

function externalFolder(): string | undefined {
  const stated = process.env['EVOLOCK_EXTERNAL_VECTORS'] ?? '';
  if (stated !== '') return resolve(stated);
  const root = rootAbove(process.cwd());
  return root === undefined ? undefined : resolve(root, '..', 'shared', 'vectors');
}

/**
 * Reads data that other implementations made, which this package does not ship. The folder is the value of the
 * environment variable `EVOLOCK_EXTERNAL_VECTORS`, or `shared/vectors` beside the repository. When
 * `EVOLOCK_REQUIRE_VECTORS` is set to anything but `0`, a missing file is an error, so that an incomplete run cannot
 * pass.
 *
 * @param file - The name of a file, such as `haskell-kes.json`.
 * @returns The path and the parsed JSON; or a sentence to print when the file is missing.
 * @throws ExternalVectorsError with code `ERR_EVOLOCK_EXTERNAL_VECTORS_UNREADABLE` when the file is not JSON;
 * `ERR_EVOLOCK_EXTERNAL_VECTORS_MISSING` when it is missing and `EVOLOCK_REQUIRE_VECTORS` is set.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 */
export function externalVectors(file: string): ExternalVectors {
  if (typeof file !== 'string') throw new ArgumentError('file', 'text');
  const text = externalText(file);
  if (!text.available) return text;
  try {
    const data: unknown = JSON.parse(text.data);
    return { ...text, data };
  } catch (cause) {
    const message = `external vectors at ${text.path} cannot be read as JSON`;
    throw new ExternalVectorsError('ERR_EVOLOCK_EXTERNAL_VECTORS_UNREADABLE', message, { cause });
  }
}

/** Reads the text of a file, as {@link externalVectors} does. */
export function externalText(name: string): ExternalVectors<string> {
  const path = join(externalFolder() ?? 'shared/vectors', name);
  if (existsSync(path)) return { available: true, path, data: readFileSync(path, 'utf8') };
  const missing = `no external vectors at ${path} (set EVOLOCK_EXTERNAL_VECTORS)`;
  if (['', '0'].includes(process.env['EVOLOCK_REQUIRE_VECTORS'] ?? ''))
    return { available: false, reason: `skipped: ${missing}` };
  const message = `${missing}, and EVOLOCK_REQUIRE_VECTORS requires them`;
  throw new ExternalVectorsError('ERR_EVOLOCK_EXTERNAL_VECTORS_MISSING', message);
}
