/** One file for two options. */
import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandError } from '../cli/errors.js';
import { systemError } from '../cli/system-error.js';

/** Refuses one file for two options, and a folder that does not exist, before a key is made. */
export function refuseSameFile(
  options: readonly (readonly [option: string, path: string | undefined])[],
): void {
  const optionAt = new Map<string, string>();
  for (const [option, path] of options) {
    if (path === undefined) continue;
    const place = join(realFolder(path), basename(resolve(path)));
    const other = optionAt.get(place);
    if (other !== undefined) {
      const words = `${other} and ${option} are the same file: choose two names`;
      throw new CommandError('usage', words);
    }
    optionAt.set(place, option);
  }
}

function realFolder(path: string): string {
  try {
    return realpathSync(dirname(resolve(path)));
  } catch (cause) {
    throw systemError(path, cause);
  }
}
