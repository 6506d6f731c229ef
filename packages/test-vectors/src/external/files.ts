import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { checkedText } from '../arguments.js';
import { ExternalVectorsError } from '../errors.js';

/** The content of a file of external vectors, or the reason for its absence in one sentence. */
export type ExternalVectors<Data = unknown> =
  | { readonly available: true; readonly path: string; readonly data: Data }
  | { readonly available: false; readonly reason: string };

/** The name in the package.json of the root of the repository. */
const ROOT_NAME = 'evolock';

function isRoot(folder: string): boolean {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return false;
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { readonly name?: unknown };
  return manifest.name === ROOT_NAME;
}

function findRoot(folder: string): string | undefined {
  if (isRoot(folder)) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : findRoot(above);
}

function externalFolder(): string | undefined {
  const stated = process.env['EVOLOCK_EXTERNAL_VECTORS'];
  if (stated !== undefined && stated !== '') return resolve(stated);
  const root = findRoot(process.cwd());
  return root === undefined ? undefined : resolve(root, '..', 'shared', 'vectors');
}

function areRequired(): boolean {
  const stated = process.env['EVOLOCK_REQUIRE_VECTORS'];
  return stated !== undefined && stated !== '' && stated !== '0';
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
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { externalVectors } from '@evolock/test-vectors';
 *
 * process.env.EVOLOCK_REQUIRE_VECTORS = '0';
 * const missing = externalVectors('no-such-file.json');
 * assert.equal(missing.available, false);
 * assert.match(missing.reason, /^skipped: no external vectors at /);
 * process.env.EVOLOCK_REQUIRE_VECTORS = '1';
 * assert.throws(() => externalVectors('no-such-file.json'), { code: 'ERR_EVOLOCK_EXTERNAL_VECTORS_MISSING' });
 * ```
 */
export function externalVectors(file: string): ExternalVectors {
  const text = externalText(checkedText('file', file));
  if (!text.available) return text;
  try {
    const data: unknown = JSON.parse(text.data);
    return { ...text, data };
  } catch (cause) {
    throw new ExternalVectorsError(
      'ERR_EVOLOCK_EXTERNAL_VECTORS_UNREADABLE',
      `external vectors at ${text.path} cannot be read as JSON`,
      { cause },
    );
  }
}

/**
 * Reads the text of a file of other implementations, as {@link externalVectors} does.
 *
 * @throws ExternalVectorsError with code `ERR_EVOLOCK_EXTERNAL_VECTORS_MISSING` when it is missing and
 * `EVOLOCK_REQUIRE_VECTORS` is set.
 *
 * @internal
 */
export function externalText(name: string): ExternalVectors<string> {
  const folder = externalFolder();
  const path = folder === undefined ? undefined : join(folder, name);
  if (path === undefined || !existsSync(path)) {
    const place = path ?? `shared/vectors/${name}`;
    if (areRequired()) {
      throw new ExternalVectorsError(
        'ERR_EVOLOCK_EXTERNAL_VECTORS_MISSING',
        `no external vectors at ${place} (set EVOLOCK_EXTERNAL_VECTORS), and EVOLOCK_REQUIRE_VECTORS requires them`,
      );
    }
    return {
      available: false,
      reason: `skipped: no external vectors at ${place} (set EVOLOCK_EXTERNAL_VECTORS)`,
    };
  }
  return { available: true, path, data: readFileSync(path, 'utf8') };
}
