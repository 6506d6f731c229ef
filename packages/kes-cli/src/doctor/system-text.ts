import { readFileSync } from 'node:fs';

/** The text of a file of the kernel's, or `undefined` where there is none. */
export type SystemText = (path: string) => string | undefined;

/** Reads from this machine. */
export const systemText: SystemText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};
