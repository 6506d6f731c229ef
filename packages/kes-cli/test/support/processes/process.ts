/** The built `kes` in a child process. */
import { fileURLToPath } from 'node:url';
import {
  endOf,
  type Ended,
  type ProcessOptions,
  type Running,
  running,
} from '@evolock/command-testing/process';
import { checkJson } from '../kes.js';

export const program = fileURLToPath(new URL('../../../dist/main.cjs', import.meta.url));

/** Runs `kes` in a child process, and waits for its end. Checks its JSON unless it was killed. */
export async function kesProcess(
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<Ended> {
  const ended = await endOf(program, args, options);
  if (ended.signal === null) checkJson(args, ended);
  return ended;
}

export function runningKes(args: readonly string[], environment?: NodeJS.ProcessEnv): Running {
  return running(process.execPath, [program, ...args], environment);
}
