import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoError } from './demo-error.js';

/** Bytes of a Unix socket's path, on every system that has them: macOS takes 103, Linux 107. */
const MAX_PATH = 103;

/**
 * Runs with a path for a Unix socket that only this user can reach, and removes it however that ends.
 *
 * The folder keeps others out, with mode 0700 from its making on: a socket's own mode is set too late.
 *
 * @throws {@link DemoError} `HAND_OVER_FAILED` when the path is too long.
 */
export async function withSocketPath<Result>(
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'evolock-'));
  try {
    return await use(checkLength(join(folder, 'key.sock')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Node 20 cuts a longer path short without a word, and the socket would lie outside the folder. */
function checkLength(path: string): string {
  if (Buffer.byteLength(path) <= MAX_PATH) return path;
  throw new DemoError(
    'HAND_OVER_FAILED',
    'the path of the folder for temporary files is too long for a Unix socket: set TMPDIR to a shorter one',
  );
}
