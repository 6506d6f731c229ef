/** The scanned process: how it is started, and what the scanning process does while it is stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { waitUntilStopped, type MaskedNeedle } from '@evolock/memory-scan';
import { asOrdinaryUser, LEAST_LOCK_LIMIT, NOBODY } from '@evolock/test-support/ordinary-user';
import type { ChildArguments } from '../child.js';
import { idOf, type Operation } from '../operations/operation.js';
import { PATIENCE } from './scanned-process.js';

/** How a process is started. */
export interface ProofOptions {
  /** How often the operation runs before, with other secrets. Never when absent. */
  readonly repetitions?: number;
  /** The words before `node` on the command line, which start node by exec: a change of user, a limit. */
  readonly prefix?: readonly string[];
  /** The program, when it is not the one of this workspace. */
  readonly program?: string;
}

/** The users of operations: the user who started the proof, or an ordinary user with a small lock limit. */
export const USERS = ['as started', 'ordinary'] as const;

/** One of {@link USERS}. */
export type User = (typeof USERS)[number];

/** The words before `node` on a command line. */
export function prefixOf(
  user: User,
  { lockLimit = LEAST_LOCK_LIMIT }: Pick<Operation, 'lockLimit'>,
): string[] {
  return user === 'ordinary' ? asOrdinaryUser(lockLimit) : [];
}

/** The built program of the scanned process. */
const childProgram = fileURLToPath(import.meta.resolve('@evolock/proof/dist/child.js'));

/** The command line of the process of an operation. Secrets in it are masked. */
export function commandOf(
  operation: Operation,
  folder: string,
  { masked, canary }: { readonly masked: string; readonly canary: MaskedNeedle },
  { repetitions = 0, prefix = [], program = childProgram }: ProofOptions = {},
): readonly string[] {
  const given: ChildArguments = {
    id: idOf(operation),
    repetitions,
    secret: masked,
    canary: canary.serialise(),
    folder,
  };
  const flags = operation.flags ?? [];
  return [...prefix, process.execPath, ...flags, program, JSON.stringify(given)];
}

/**
 * Runs `work` with a new folder, which is removed afterwards. It belongs to the user of the process. The folder of another
 * user is below /run, since a client of an agent trusts no socket of that user below a folder in which strangers write.
 */
export async function withFolder<Result>(
  work: (folder: string) => Promise<Result>,
  { prefix = [] }: ProofOptions = {},
): Promise<Result> {
  const isOthers = prefix.length > 0 && process.getuid?.() === 0;
  const folder = mkdtempSync(join(isOthers ? '/run' : tmpdir(), 'evolock-proof-'));
  try {
    if (isOthers) chownSync(folder, NOBODY, NOBODY);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds before the first check. No process has loaded its program by then. */
const AT_LEAST = 100;

/**
 * Starts a process, waits until it has stopped itself, runs `work` and kills the process.
 *
 * @throws Error with the standard error of the process, when it ends instead.
 */
export async function withStoppedProcess<Result>(
  [program, ...words]: readonly string[],
  folder: string,
  work: (pid: number) => Result | Promise<Result>,
): Promise<Result> {
  const child = spawn(program!, words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  await once(child, 'spawn');
  const closed = once(child, 'close');
  try {
    await pause(AT_LEAST);
    await waitUntilStopped(child.pid!, { signal: AbortSignal.timeout(PATIENCE) });
    return await work(child.pid!);
  } catch (cause) {
    child.kill('SIGKILL');
    await closed;
    throw said === '' ? cause : new Error(`the process said:\n${said}`, { cause });
  } finally {
    child.kill('SIGKILL');
    await closed;
  }
}
