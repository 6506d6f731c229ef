import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a program is started that has to run by itself. */
export interface Launch {
  readonly program:
    'child-allocations' | 'child-functions' | 'child-import' | 'child-keys' | 'child-memory';
  readonly arguments?: readonly string[];
  /** Options of node. */
  readonly flags?: readonly string[];
  /** What is put before `node` on the command line: a change of user, a limit. */
  readonly prefix?: readonly string[];
}

/**
 * Runs a program of this workspace as it was built.
 *
 * @returns What it said, which is JSON.
 * @throws Error with its words when it fails.
 */
export function resultOf(launch: Launch): unknown {
  // From src as from dist, one step up.
  const program = fileURLToPath(new URL(`../dist/${launch.program}.js`, import.meta.url));
  const { prefix = [], flags = [] } = launch;
  const line = [...prefix, process.execPath, ...flags, program, ...(launch.arguments ?? [])];
  const { status, stdout, stderr, error } = spawnSync(line[0]!, line.slice(1), {
    encoding: 'utf8',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${launch.program} ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout) as unknown;
}
