import { createHash } from 'node:crypto';
import { readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandError } from '../command-error.js';
import { printable } from '../printable.js';
import { systemError } from './system-error.js';

/**
 * Does something to a key file while no other run of `kes` does. Beside the file lies a lock that says the process id
 * and when that process began; one whose process has ended, or has another beginning, is stale and is taken over.
 */
export async function withKeyLock<T>(path: string, work: () => T): Promise<T> {
  const { folder, name } = lockPlaceOf(path);
  const lock = await acquire(folder, name, path);
  try {
    return work();
  } finally {
    lock.release();
  }
}

/** Where the lock of a key file lies, and what its name begins with: two ways to one file are one lock. */
export function lockPlaceOf(path: string): { folder: string; name: string } {
  const file = basename(resolve(path));
  const hash = createHash('sha256').update(file).digest('hex').slice(0, 8);
  return {
    folder: realFolderOf(path),
    name: `kes-lock-${file.replaceAll(/[^a-zA-Z0-9]/g, '-')}-${hash}`,
  };
}

function realFolderOf(path: string): string {
  try {
    return realpathSync(dirname(resolve(path)));
  } catch (cause) {
    throw systemError(path, cause);
  }
}

async function acquire(folder: string, name: string, path: string): Promise<{ release(): void }> {
  // Loaded here, since it takes a while and few commands need it.
  const { LockFile } = await import('@rushstack/node-core-library/lib/LockFile');
  let lock;
  try {
    lock = LockFile.tryAcquire(folder, name);
  } catch (cause) {
    throw systemError(folder, cause);
  }
  if (lock !== undefined) return lock;
  throw new CommandError(
    'environment',
    `${printable(path)}: another run of kes${holderOf(folder, name)} is changing it: wait until it has finished`,
  );
}

/** Who holds the lock, as far as its file's name says. */
function holderOf(folder: string, name: string): string {
  const prefix = `${name}#`;
  const files = readdirSync(folder).filter((file) => file.startsWith(prefix));
  const [holder] = files.map((file) => /#(\d+)\.lock$/.exec(join(folder, file))?.[1]);
  return holder === undefined ? '' : ` (process ${holder})`;
}
