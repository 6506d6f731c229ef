import { spawnSync } from 'node:child_process';
import { builtProgram } from '../places.js';

/** How a program starts in a process of its own. */
export interface Launch {
  readonly program:
    | 'child-agent'
    | 'child-allocations'
    | 'child-functions'
    | 'child-headers'
    | 'child-import'
    | 'child-keys'
    | 'child-memory';
  readonly arguments?: readonly string[];
  /** Options of node. */
  readonly flags?: readonly string[];
  /** The words before `node` on the command line: a change of user, a limit. */
  readonly prefix?: readonly string[];
}

/**
 * Runs a built program of this workspace.
 *
 * @returns What it said, which is JSON.
 * @throws Error with its standard error when it fails.
 */
export function resultOf(launch: Launch): unknown {
  const program = builtProgram(launch.program);
  const { prefix = [], flags = [] } = launch;
  const line = [...prefix, process.execPath, ...flags, program, ...(launch.arguments ?? [])];
  const { status, stdout, stderr, error } = spawnSync(line[0]!, line.slice(1), {
    encoding: 'utf8',
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${launch.program} ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout) as unknown;
}
