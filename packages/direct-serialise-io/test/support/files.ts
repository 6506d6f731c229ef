import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory that is removed after the test. */
export function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'direct-serialise-io-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A name in a directory that is removed after the test. */
export function fileName(): string {
  return join(directory(), 'key');
}

/** A named pipe. */
export function namedPipe(): string {
  const path = fileName();
  execFileSync('mkfifo', [path]);
  return path;
}

/** An open descriptor, closed after the test. */
export function opened(path: string, flags: string | number): number {
  const fd = openSync(path, flags);
  onTestFinished(() => {
    try {
      closeSync(fd);
    } catch {
      // The test closed it.
    }
  });
  return fd;
}
