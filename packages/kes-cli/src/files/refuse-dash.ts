import { CommandError } from '../command-error.js';
import { STDIN } from './read-public.js';

/** Refuses `-` where a file has to be named: as a file's name it would be a trap for the next command. */
export function refuseDash(option: string, path: string | undefined, words: string): void {
  if (path === STDIN) throw new CommandError('usage', `${option} -: ${words}`);
}
