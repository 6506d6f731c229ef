/** The command, meddled with at a call to the file system. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readKesSigningKey } from '@evolock/cardano-kes';
import { inFolder } from './folder.js';
import { program } from './kes.js';

const hook = new URL('at-call.mjs', import.meta.url).href;

/** How a run that was meddled with ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The call at which it was stopped. */
  readonly call: string;
  readonly stderr: string;
}

/** Which call: from 1, its name, `name:part` with a part of its path, the path that it is about, or `exit`. */
export type Call = number | string;

/** What happens at a call. */
export type Meddling = 'SIGKILL' | 'half' | 'SIGSTOP';

/** Starts a run with something happening at one of its calls to the file system. */
export function startRun(args: readonly string[], call: Call, meddling: Meddling): ChildProcess {
  const env = {
    ...process.env,
    KES_TEST_FOLDER: inFolder(),
    KES_TEST_CALL: String(call),
    KES_TEST_SIGNAL: meddling,
  };
  return spawn(process.execPath, ['--import', hook, program, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
}

/** `kes evolve --to 5`, meddled with, to its end. */
export async function evolve(path: string, call: Call, meddling: Meddling): Promise<Ended> {
  const child = startRun(['evolve', path, '--to', '5', '--leave-node'], call, meddling);
  const text = { call: '', stderr: '' };
  child.stdout?.resume();
  child.stdio[3]?.on('data', (part: Buffer) => (text.call += part.toString()));
  child.stderr?.on('data', (part: Buffer) => (text.stderr += part.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, ...text };
}

/** The period of a whole, sound key of that verification key; anything else throws. */
export function periodOf(path: string, verificationKey: Uint8Array): number {
  const { signingKey } = readKesSigningKey(path, { verificationKey });
  try {
    return signingKey.period;
  } finally {
    signingKey.release();
  }
}
