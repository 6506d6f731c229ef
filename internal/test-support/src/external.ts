/** Data that other implementations made, which the repository does not contain. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The content of a file, or the reason for its absence in one sentence. */
export type ExternalVectors<Data = unknown> =
  | { readonly available: true; readonly path: string; readonly data: Data }
  | { readonly available: false; readonly reason: string };

const { EVOLOCK_EXTERNAL_VECTORS: stated = '', EVOLOCK_REQUIRE_VECTORS: required = '' } =
  process.env;
const besideTheRepository = fileURLToPath(new URL('../../../../shared/vectors', import.meta.url));

/**
 * Reads the text of a file in the folder of `EVOLOCK_EXTERNAL_VECTORS`, or in `shared/vectors` beside the repository. When
 * `EVOLOCK_REQUIRE_VECTORS` is set to anything but `0`, a missing file is an error, so that an incomplete run cannot pass.
 */
export function externalText(file: string): ExternalVectors<string> {
  const path = join(stated === '' ? besideTheRepository : stated, file);
  if (existsSync(path)) return { available: true, path, data: readFileSync(path, 'utf8') };
  const missing = `no external vectors at ${path} (set EVOLOCK_EXTERNAL_VECTORS)`;
  if (required === '' || required === '0')
    return { available: false, reason: `skipped: ${missing}` };
  throw new Error(`${missing}, and EVOLOCK_REQUIRE_VECTORS requires them`);
}

/** Reads the parsed JSON of a file, as {@link externalText} does. */
export function externalVectors(file: string): ExternalVectors {
  const text = externalText(file);
  return text.available ? { ...text, data: JSON.parse(text.data) as unknown } : text;
}
