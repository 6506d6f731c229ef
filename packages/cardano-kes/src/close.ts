import { closeSync } from 'node:fs';

/**
 * Closes a descriptor. What was to be on the disk was flushed before, so a failure here says nothing that matters, and
 * must not hide what failed earlier.
 *
 * @internal
 */
export function close(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // See above.
  }
}
