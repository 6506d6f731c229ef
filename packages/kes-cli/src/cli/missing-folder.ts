import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { printable } from './text.js';

/** Names the outermost folder of a path that does not exist; `undefined` when its folder exists. */
export function missingFolder(path: string): string | undefined {
  let missing: string | undefined;
  // The walk ends at `.` or `/`, which `dirname` returns unchanged. A removed working directory does not exist either.
  for (let folder = dirname(path); folder !== missing && !existsSync(folder);) {
    missing = folder;
    folder = dirname(folder);
  }
  return missing === undefined ? undefined : `its folder ${printable(missing)} does not exist`;
}
