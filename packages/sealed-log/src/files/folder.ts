/**
 * The folder of a file. It is opened once and judged, and files are opened below it, so that who exchanges a folder or a link
 * on the way meanwhile has no effect.
 *
 * Node has no `openat`. On Linux a name below an open folder is `/proc/self/fd/N/NAME`. On other systems, and without
 * `/proc`, the folder is opened by its path and judged again after a file in it was opened.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { attempt, FileError, rootAndUser, wayTo } from '@evolock/direct-serialise-io/files';

const DESCRIPTORS = '/proc/self/fd';
/** Opens a folder as a place on a way: it need not be readable. Node has no name for this flag of Linux. */
const O_PATH = 0o10000000;
const PLACE = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** As many as Linux follows. */
const MOST_LINKS = 40;

/** An open folder. */
export interface Folder extends Disposable {
  /** The number of its owner. */
  readonly owner: number;
  /** The path by which a file in it is opened. */
  pathOf(name: string): string;
  /** Judges the folder again, where another one could have got its name. */
  judgeAgain(): void;
}

/**
 * Opens the folder of a file. A symbolic link on the way to it is followed only when it belongs to root, to the user of the
 * process or to the owner of the folder.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`: `foreign-link`, or another of the system.
 */
export function openFolderOf(file: string): Folder {
  const path = dirname(resolve(file));
  const isBelow = process.platform === 'linux' && existsSync(DESCRIPTORS);
  return isBelow ? folderByDescriptor(file, path) : folderByName(file, path);
}

/**
 * Does work on a file by a path below its open folder. Errors name the path of the caller.
 *
 * @param path - The file.
 * @param work - The work.
 * @param undo - Undoes the work when the folder is another one after it.
 */
export function inFolderOf<Result>(
  path: string,
  work: (place: string, folder: Folder) => Result,
  undo: (result: Result) => void = () => undefined,
): Result {
  using folder = openFolderOf(path);
  const place = folder.pathOf(basename(path));
  return underName(path, place, () => {
    const result = work(place, folder);
    try {
      folder.judgeAgain();
    } catch (error) {
      undo(result);
      throw error;
    }
    return result;
  });
}

/** Does work on a place below an open folder. Its errors name the path. */
export function underName<Result>(
  path: string,
  place: string,
  work: (place: string) => Result,
): Result {
  try {
    return work(place);
  } catch (error) {
    if (!(error instanceof FileError) || error.path !== place) throw error;
    const { reason, cause, detail } = error;
    throw new FileError(reason, path, { cause, detail });
  }
}

/** A symbolic link on a way. */
interface Link {
  readonly path: string;
  readonly owner: number;
}

function folderByDescriptor(file: string, path: string): Folder {
  const links: Link[] = [];
  const fd = attempt(file, () => walkTo(path, links));
  try {
    const owner = fstatSync(fd).uid;
    refuseForeign(links, owner);
    return {
      owner,
      pathOf: (name) => `${DESCRIPTORS}/${String(fd)}/${name}`,
      judgeAgain: () => undefined,
      [Symbol.dispose]: () => closeSync(fd),
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Opens each folder on the way below the one before it, and adds the links. */
function walkTo(path: string, links: Link[]): number {
  const names = path.split('/');
  let fd = openSync('/', PLACE);
  const goTo = (next: number): void => {
    closeSync(fd);
    fd = next;
  };
  try {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      if (name === '' || name === '.') continue;
      const folder = `${DESCRIPTORS}/${String(fd)}`;
      const place = `${folder}/${name}`;
      const found = lstatSync(place);
      if (!found.isSymbolicLink()) {
        goTo(openSync(place, PLACE));
        continue;
      }
      const target = readlinkSync(place);
      links.push({ path: join(readlinkSync(folder), name), owner: found.uid });
      if (links.length > MOST_LINKS)
        throw Object.assign(new Error(`${path}: too many links`), { code: 'ELOOP' });
      if (target.startsWith('/')) goTo(openSync('/', PLACE));
      names.unshift(...target.split('/'));
    }
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function folderByName(file: string, path: string): Folder {
  // Windows has no numbers of users, and nothing to judge.
  const judge = () => (rootAndUser() === undefined ? undefined : judged(file, path));
  const found = judge();
  return {
    owner: found?.uid ?? 0,
    pathOf: (name) => join(path, name),
    judgeAgain() {
      const again = judge();
      if (again?.dev !== found?.dev || again?.ino !== found?.ino)
        throw new FileError('changed', path);
    },
    [Symbol.dispose]: () => undefined,
  };
}

function judged(file: string, path: string): Stats {
  const { places, end } = attempt(file, () => wayTo(path));
  const links = places.filter(({ stats }) => stats.isSymbolicLink());
  refuseForeign(
    links.map((link) => ({ path: link.path, owner: link.stats.uid })),
    end.stats.uid,
  );
  return end.stats;
}

/** Who owns a link decides where it leads. */
function refuseForeign(links: readonly Link[], owner: number): void {
  const trusted = [...(rootAndUser() ?? []), owner];
  const foreign = links.find((link) => !trusted.includes(link.owner));
  if (foreign !== undefined) throw new FileError('foreign-link', foreign.path);
}
