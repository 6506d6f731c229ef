/** The files that a path with `*` and `?` stands for. */
import { existsSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

/** The names in folders that were listed before. */
export type Listings = Map<string, readonly string[]>;

/** The paths that exist, in the order of their names. A path without a pattern stands for itself. */
export function filesOfPattern(path: string, listings: Listings): string[] {
  if (!/[*?]/.test(path)) return [path];
  let found = [path.startsWith(sep) ? sep : '.'];
  for (const part of path.split(sep).filter((each) => each !== ''))
    found = found.flatMap((folder) => within(folder, part, listings));
  return found;
}

function within(folder: string, part: string, listings: Listings): string[] {
  if (!/[*?]/.test(part)) {
    const path = join(folder, part);
    return existsSync(path) ? [path] : [];
  }
  const words = part.replaceAll(/[$()+.[\\\]^{|}]/g, String.raw`\$&`);
  const fits = new RegExp(`^${words.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
  const names = listings.get(folder) ?? namesIn(folder);
  listings.set(folder, names);
  return names
    .filter((name) => fits.test(name) && (!name.startsWith('.') || part.startsWith('.')))
    .map((name) => join(folder, name));
}

/** What is no folder, or is gone, has nothing in it. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
