import type { KesSigningKeyFile } from '@evolock/cardano-kes';
import { CommandError } from '../command-error.js';
import { STDIN } from '../files/read-public.js';
import { loadKesSigningKey } from './load-signing-key.js';

/**
 * Lends the signing key of a file, in locked memory, for the duration of some work.
 *
 * @returns What the work returns, or promises.
 */
export async function withSigningKey<T>(
  path: string,
  work: (file: KesSigningKeyFile) => T | Promise<T>,
): Promise<T> {
  refuseStdin(path);
  const file = loadKesSigningKey(path);
  try {
    return await work(file);
  } finally {
    file.signingKey.release();
  }
}

/** A key from standard input would have been somewhere else before, in the memory of another program. */
export function refuseStdin(path: string): void {
  if (path !== STDIN) return;
  throw new CommandError(
    'usage',
    'a signing key is read from a file only, not from standard input',
  );
}
