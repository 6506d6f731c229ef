/**
 * The way to a file: the folders and symbolic links that the system passes, and the file. A user who can exchange one of them
 * decides what is found at the path.
 */
import { lstatSync, readlinkSync, statSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

const GROUP_OR_OTHERS_WRITE = 0o022;
/** In such a folder only the owner of a file, the owner of the folder and root may exchange the file. */
const STICKY = 0o1000;
/** As many as Linux follows. */
const MOST_LINKS = 40;

/** A folder, a symbolic link, or the file at the end. */
export interface Place {
  /** Absolute. Only its last name can be that of a link. */
  readonly path: string;
  /** Of the link, not of its target. */
  readonly stats: Stats;
}

/** All places, from the root folder to the end. */
export interface Way {
  readonly places: readonly Place[];
  /** The last place. It is no link. */
  readonly end: Place;
}

/** The way to an existing file or folder. Throws the error of the system: `ENOENT` for instance. */
export function wayTo(path: string): Way {
  // Throws for links in a circle.
  const { dev, ino } = statSync(path);
  let end = placeAt('/');
  const places = [end];
  let folder = end;
  let links = 0;
  const names = (isAbsolute(path) ? path : `${process.cwd()}/${path}`).split('/');
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '' || name === '.') continue;
    end = placeAt(name === '..' ? dirname(folder.path) : join(folder.path, name));
    places.push(end);
    if (!end.stats.isSymbolicLink()) {
      folder = end;
      continue;
    }
    links += 1;
    // Another process changes links meanwhile.
    if (links > MOST_LINKS)
      throw Object.assign(new Error(`${path}: too many links`), { code: 'ELOOP' });
    const target = readlinkSync(end.path);
    if (isAbsolute(target)) folder = placeAt('/');
    names.unshift(...target.split('/'));
  }
  // Links of /proc lead into the mounts of a process, which their text does not say.
  if (folder.stats.dev !== dev || folder.stats.ino !== ino)
    throw Object.assign(new Error(`${path}: a link leads elsewhere than its text says`), {
      code: 'ESTALE',
    });
  return { places, end: folder };
}

function placeAt(path: string): Place {
  return { path, stats: lstatSync(path) };
}

/**
 * The first place of a way that another user than these can exchange: it belongs to another user, or it is a folder in
 * which the group or others may write. With `stickySuffices`, that is allowed in a sticky folder, where they can exchange
 * only what is theirs.
 */
export function exchangeableOn(
  way: Way,
  users: readonly number[],
  stickySuffices = true,
): Place | undefined {
  return way.places.find(({ stats }) => {
    if (!users.includes(stats.uid)) return true;
    if (!stats.isDirectory() || (stats.mode & GROUP_OR_OTHERS_WRITE) === 0) return false;
    return !stickySuffices || (stats.mode & STICKY) === 0;
  });
}

/**
 * Root and the effective user of the process, who can exchange every file of the process anyway; `undefined` on Windows,
 * where users have no numbers.
 */
export function rootAndUser(): readonly number[] | undefined {
  const user = process.geteuid?.();
  return user === undefined ? undefined : [0, user];
}

/** A place in words, with the number of its owner. */
export function placeInWords({ path, stats }: Place): string {
  return `${path}, owner ${String(stats.uid)}, mode ${(stats.mode & 0o7777).toString(8)}`;
}
