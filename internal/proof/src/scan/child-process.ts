import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { waitUntilStopped } from '@evolock/memory-scan';

/** How a process is started. */
export interface Launch {
  /** The file of its program. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** Options of node. */
  readonly flags?: readonly string[];
  /** The words before `node` on the command line, which start node by exec: a change of user, a limit. */
  readonly prefix?: readonly string[];
  readonly folder: string;
}

const PATIENCE = 120_000;
/** Milliseconds before the first check. No process has loaded its program by then. */
const AT_LEAST = 100;

class Started {
  readonly process: ChildProcess;
  readonly #said: Buffer[] = [];

  constructor(launch: Launch) {
    const line = [
      ...(launch.prefix ?? []),
      process.execPath,
      ...(launch.flags ?? []),
      launch.program,
      ...launch.arguments,
    ];
    this.process = spawn(line[0]!, line.slice(1), {
      cwd: launch.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process.stderr?.on('data', (data: Buffer) => this.#said.push(data));
  }

  get said(): string {
    return Buffer.concat(this.#said).toString();
  }
}

/**
 * Starts a process, waits until it has stopped itself, runs `work` and kills the process.
 *
 * @throws Error with the standard error of the process, when it ends instead.
 */
export async function withStoppedProcess<Result>(
  launch: Launch,
  work: (pid: number) => Result | Promise<Result>,
): Promise<Result> {
  const started = new Started(launch);
  const { pid } = started.process;
  const closed = once(started.process, 'close');
  if (pid === undefined) return await closed.then(() => Promise.reject(new Error('not started')));
  try {
    await pause(AT_LEAST);
    await waitUntilStopped(pid, { timeout: PATIENCE });
    return await work(pid);
  } catch (cause) {
    throw await withItsWords(started, closed, cause);
  } finally {
    started.process.kill('SIGKILL');
    await closed;
  }
}

/** Adds the standard error of a process that ended by itself. */
async function withItsWords(
  started: Started,
  closed: Promise<unknown>,
  cause: unknown,
): Promise<unknown> {
  started.process.kill('SIGKILL');
  await closed;
  if (started.said === '') return cause;
  return new Error(`the process said:\n${started.said}`, { cause });
}

/** How a process ended. */
export interface End {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

/** Starts a process that does not stop itself but ends. */
export async function runToTheEnd(launch: Launch): Promise<End> {
  const started = new Started(launch);
  const [status, signal] = (await once(started.process, 'close')) as [
    number | null,
    NodeJS.Signals | null,
  ];
  return { status, signal, said: started.said };
}
