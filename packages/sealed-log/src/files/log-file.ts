/**
 * How the files of a log are opened. The owner of their folder may be another user than the sealer, and can put a link, a second
 * name of another file, a named pipe or a device in the place of one, at any moment. So what was opened is judged, and never a
 * name before: nothing is written through a link, into the file of a stranger, or into a file that has another name too.
 */
import {
  closeSync,
  constants,
  lstatSync,
  readSync,
  statSync,
  type BigIntStats,
  type Stats,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import {
  attempt,
  FileError,
  isFileError,
  leftoversOf,
  openRegular,
  rootAndUser,
  writeUnderLock,
  type OpenedFile,
} from '@evolock/direct-serialise-io/files';
import { inFolderOf, openFolderOf, type Folder } from './folder.js';
import { userName } from './users.js';

const { O_RDONLY, O_CREAT, O_EXCL } = constants;

/** The file of the seals of a log. */
export function sealsOf(log: string): string {
  return `${log}.seals`;
}

/** The file of the hashes of the entries of a log. */
export function hashesOf(log: string): string {
  return `${log}.hashes`;
}

/** How a file is opened that only the programs of a log write. */
interface OwnOptions {
  /** `O_RDONLY` when absent. */
  readonly access?: number;
  /** Whether it is made when it is missing. */
  readonly create?: boolean;
  /** The key file of the log: the owner of its folder is the user of the sealer, whom root trusts. */
  readonly keyFile?: string | undefined;
}

/**
 * Opens a file that only the programs of a log write: a regular file with one name, which belongs to the user of the process, to
 * root, to the owner of its folder or to that of the folder of the key. A link is not followed.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`: `not-found`, `symbolic-link`, `not-regular`, `foreign-owner`, `other-names`.
 */
export function openOwn(path: string, options: OwnOptions = {}): OpenedFile {
  const { access = O_RDONLY, create = false } = options;
  return inFolderOf(
    path,
    (place, folder) => {
      const opened = create ? openOrCreate(place, access) : openRegular(place, { access });
      try {
        refuseForeign(place, opened, folder, options);
        return opened;
      } catch (error) {
        closeSync(opened.fd);
        throw error;
      }
    },
    ({ fd }) => closeSync(fd),
  );
}

/** {@link openOwn} for reading. Returns `undefined` when it is missing. */
export function openOwnIfThere(path: string, keyFile?: string): OpenedFile | undefined {
  try {
    return openOwn(path, { keyFile });
  } catch (error) {
    if (isFileError(error, 'not-found')) return undefined;
    throw error;
  }
}

/** The text of one, or its beginning when it is longer than that. Returns `undefined` when it is missing. */
export function textOfOwn(path: string, most: number, keyFile?: string): string | undefined {
  const opened = openOwnIfThere(path, keyFile);
  if (opened === undefined) return undefined;
  try {
    const bytes = Buffer.alloc(Math.min(Number(opened.stats.size), most));
    return bytes.toString('utf8', 0, readFully(opened.fd, bytes, 0));
  } finally {
    closeSync(opened.fd);
  }
}

/** Replaces one, durably and in one step. What a killed run left beside it is removed. */
export function writeOwn(path: string, text: string, keyFile?: string): void {
  const opened = openOwnIfThere(path, keyFile);
  if (opened !== undefined) closeSync(opened.fd);
  inFolderOf(path, (place) =>
    writeUnderLock(place, Buffer.from(text), { secret: false, replace: true }),
  );
}

/**
 * Opens a file of entries. Loggers that put the date into the names of files link the name of the log to the newest
 * one. A link is followed only to a file that, once opened, has the owner of the link: it could lead to the key.
 *
 * @param path - The file.
 * @param access - `O_RDONLY` when absent.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`: `not-found`, `not-regular`, `foreign-link`, or another of the system.
 */
export function openEntries(path: string, access = O_RDONLY): OpenedFile {
  return inFolderOf(
    path,
    (place) => {
      try {
        return openRegular(place, { access });
      } catch (error) {
        if (!isFileError(error, 'symbolic-link')) throw error;
      }
      return openLinked(place, access);
    },
    ({ fd }) => closeSync(fd),
  );
}

/** What a process is given beside files: nothing, standard input, and the pipe of `<(command)` in a shell. */
const GIVEN_STREAM = /^\/(?:dev\/(?:null$|stdin$|fd\/)|proc\/self\/fd\/)/;

/**
 * Opens a file for a verifier, who reads what it was given: files of any owner, streams of its process, and links of its user and
 * of root in folders that no other user can change. Any other link is followed only to a file that, once opened, has the link's
 * owner. A named pipe or a device is refused: it may never end.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`: `foreign-link`, `not-regular`; or the error of the system.
 */
export async function openGiven(path: string): Promise<FileHandle> {
  if (GIVEN_STREAM.test(resolve(path))) return open(path);
  const handle = await openFollowing(path);
  const stat = await handle.stat();
  if (stat.isFile() || stat.isDirectory()) return handle;
  await handle.close();
  throw new FileError('not-regular', path);
}

/** A pipe is opened at once, also when it has no writer. */
const READ_AT_ONCE = O_RDONLY | constants.O_NONBLOCK;

async function openFollowing(path: string): Promise<FileHandle> {
  try {
    return await open(path, READ_AT_ONCE | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOOP') throw error;
  }
  using folder = openFolderOf(path);
  const place = folder.pathOf(basename(path));
  const link = linkAt(place);
  const handle = await open(place, READ_AT_ONCE);
  try {
    const { uid } = await handle.stat();
    const users = rootAndUser() ?? [];
    const isTrusted = [link.uid, folder.owner].every((owner) => users.includes(owner));
    refuseExchanged(place, link, isTrusted ? link.uid : uid);
    return handle;
  } catch (error) {
    await handle.close();
    throw isFileError(error, 'foreign-link') ? new FileError('foreign-link', path) : error;
  }
}

/** Reads from a place of a file on. Returns the number of bytes, which is less than wanted at its end only. */
export function readFully(fd: number, bytes: Uint8Array, from: number): number {
  let done = 0;
  for (let count = 1; done < bytes.length && count > 0; done += count)
    count = readSync(fd, bytes, done, bytes.length - done, from + done);
  return done;
}

/** How often other programs may make and remove the file meanwhile. */
const MOST_ROUNDS = 10;

function openOrCreate(place: string, access: number): OpenedFile {
  for (let round = 1; ; round += 1)
    try {
      return openRegular(place, { access: round % 2 === 1 ? access : access | O_CREAT | O_EXCL });
    } catch (error) {
      const isExpected = round % 2 === 1 ? 'not-found' : 'exists';
      if (round > MOST_ROUNDS || !isFileError(error, isExpected)) throw error;
    }
}

function openLinked(place: string, access: number): OpenedFile {
  const link = linkAt(place);
  const opened = openRegular(place, { access, followLink: true });
  try {
    refuseExchanged(place, link, Number(opened.stats.uid));
    return opened;
  } catch (error) {
    closeSync(opened.fd);
    throw error;
  }
}

/** Refuses what was opened through a link that has another owner, or that was exchanged meanwhile. */
function refuseExchanged(place: string, link: Stats, owner: number): void {
  const after = linkAt(place);
  const isSame = link.ino === after.ino && link.uid === after.uid;
  if (isSame && (rootAndUser() === undefined || owner === link.uid)) return;
  throw new FileError('foreign-link', place);
}

function linkAt(place: string): Stats {
  return attempt(place, () => lstatSync(place));
}

function refuseForeign(
  place: string,
  { stats }: OpenedFile,
  folder: Folder,
  { access = O_RDONLY, keyFile }: OwnOptions,
): void {
  const isRead = access === O_RDONLY;
  if (stats.nlink > 1n + (isRead ? leftoversThatAre(place, stats) : 0n))
    throw new FileError('other-names', place);
  const users = rootAndUser();
  const owner = Number(stats.uid);
  if (users === undefined || [...users, folder.owner, ownerOfFolderOf(keyFile)].includes(owner))
    return;
  const sealer = keyFile === undefined ? undefined : statSync(keyFile, { throwIfNoEntry: false });
  const way =
    sealer === undefined
      ? 'run this as that user'
      : `as root, give it with chown to user ${userName(sealer.uid)}, who has the key`;
  throw new FileError('foreign-owner', place, { detail: `user ${userName(owner)}: ${way}` });
}

/** A run that was killed right after it named a new file left a second name of it. */
function leftoversThatAre(place: string, { dev, ino }: BigIntStats): bigint {
  const same = leftoversOf(place).filter((each) => {
    const found = lstatSync(each, { bigint: true, throwIfNoEntry: false });
    return found?.dev === dev && found.ino === ino;
  });
  return BigInt(same.length);
}

function ownerOfFolderOf(file: string | undefined): number | undefined {
  if (file === undefined) return undefined;
  return statSync(dirname(file), { throwIfNoEntry: false })?.uid;
}
