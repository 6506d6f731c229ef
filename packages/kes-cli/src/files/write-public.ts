import { closeSync, constants, openSync, rmSync, writeFileSync } from 'node:fs';
import { refuseExisting, type FileKind } from './replaceable.js';
import { systemError } from './system-error.js';

/** Writes a public file, which may replace a file of its own kind when `force` is set. */
export function writePublic(
  path: string,
  content: Uint8Array | string,
  { force, kind }: { readonly force: boolean; readonly kind: FileKind },
): void {
  refuseExisting(path, force, kind);
  // A link that took the place since then is not followed, and a pipe not waited for.
  const { O_WRONLY, O_CREAT, O_TRUNC, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
  const flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (force ? O_TRUNC : O_EXCL);
  try {
    const fd = openSync(path, flags, 0o666);
    try {
      writeFileSync(fd, content, { flush: true });
    } catch (cause) {
      // A part of it is of no use, and would stand in the way of the next run.
      if (!force) rmSync(path, { force: true });
      throw cause;
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw systemError(path, cause);
  }
}
