/** The holder of a lock: its text in the lock file, and whether its process still exists. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAlive, type StatedProof } from './proof-of-life.js';

/** Where a process id is valid; `null` for unknown facts. */
interface ProcessPlace {
  readonly host: string;
  /** A digest of the machine's identity, which is confidential: distinguishes installations of one name. */
  readonly machine: string | null;
  /** Differs after each start of the machine. */
  readonly boot: string | null;
  /** Each container has its own process ids. */
  readonly pidNamespace: string | null;
  /** Each counts the start of a process from a zero of its own. `null` also in a lock of an earlier version. */
  readonly timeNamespace: string | null;
}

/** A process that holds or held a lock. */
export interface LockHolder extends ProcessPlace {
  /** 32 hexadecimal digits, new each time that a lock is taken. */
  readonly nonce: string;
  readonly pid: number;
  /** The start of the process, in ticks since the start of the machine: the system reuses process ids. */
  readonly start: string | null;
  /** How other containers learn whether it lives; `null` for a lock for the duration of a call. */
  readonly proof: StatedProof | null;
}

const NONCE_SIZE = 16;
const LARGEST_PROCESS_ID = 2 ** 31 - 1;
/** The namespace of the machine itself, the same on each Linux (PROC_PID_INIT_INO). */
const INITIAL_PID_NAMESPACE = 'pid:[4026531836]';

/** This process as the holder of a new lock. */
export function newHolder(proof: StatedProof | null = null): LockHolder {
  return {
    nonce: randomBytes(NONCE_SIZE).toString('hex'),
    pid: process.pid,
    start: statusOf(process.pid)?.start ?? null,
    ...here(),
    proof,
  };
}

/** A holder as the text of a lock file. */
export function textOf(holder: LockHolder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** The holder in the text of a lock file; `undefined` for another text. */
export function holderIn(text: string): LockHolder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { nonce, pid, start, host, machine, boot, pidNamespace } = value as Partial<LockHolder>;
  const { timeNamespace = null } = value as Partial<LockHolder>;
  // The nonce becomes part of a file name.
  if (typeof nonce !== 'string' || !/^[0-9a-f]{32}$/.test(nonce)) return undefined;
  if (typeof pid !== 'number' || !Number.isInteger(pid)) return undefined;
  if (pid < 1 || pid > LARGEST_PROCESS_ID) return undefined;
  const texts = [start, machine, boot, pidNamespace, timeNamespace];
  if (typeof host !== 'string' || !texts.every(isTextOrNull)) return undefined;
  const proof = proofIn((value as Partial<LockHolder>).proof);
  const place = { host, machine, boot, pidNamespace, timeNamespace };
  return { nonce, pid, start, ...place, proof } as LockHolder;
}

/** Locks of earlier versions have none. Its digits become part of a file name. */
function proofIn(value: unknown): StatedProof | null {
  const { id, fileSystem } = Object(value) as Partial<StatedProof>;
  const isProof = typeof id === 'string' && /^[0-9a-f]{8}$/.test(id);
  return isProof && typeof fileSystem === 'number' ? { id, fileSystem } : null;
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

/** The holder runs, has ended, or is elsewhere: on another machine or in another container. */
export type HolderState = 'running' | 'ended' | 'elsewhere';

/**
 * Whether the process of a holder still exists. Its proof, if it has one, decides before it counts as ended, and for one of
 * another machine or container, whose process id means nothing here. In doubt the process counts as running.
 */
export function stateOf(holder: LockHolder, lock: string): HolderState {
  const state = stateOfProcess(holder);
  if (state === 'running' || holder.proof === null) return state;
  const alive = isAlive(lock, holder.proof);
  return alive === undefined ? state : alive ? 'running' : 'ended';
}

function stateOfProcess(holder: LockHolder): HolderState {
  const place = here();
  if (holder.host !== place.host || holder.machine !== place.machine) return 'elsewhere';
  if (holder.pidNamespace !== place.pidNamespace) return 'elsewhere';
  // On Linux the namespace is unknown only without /proc. Then containers cannot be distinguished.
  if (process.platform === 'linux' && place.pidNamespace === null) return 'elsewhere';
  if (holder.boot === place.boot) return stateHere(holder, place);
  return wasBootedSince(holder, place) ? 'ended' : 'elsewhere';
}

/** The holder in words. The host of the lock file is shown only if it looks like a name. */
export function holderInWords({ pid, host, pidNamespace }: LockHolder, state: HolderState): string {
  const name = /^[A-Za-z0-9._-]{1,64}$/.test(host) ? host : 'an unknown name';
  const isHere = host === hostname() && pidNamespace === here().pidNamespace;
  const where =
    state === 'ended' || (state === 'running' && isHere)
      ? ''
      : host === hostname()
        ? ' of another container or of another start of this machine'
        : ` of the machine or container ${name}`;
  return `process ${String(pid)}${where}`;
}

/** Containers of one image on two machines may have one name and one identity, so containers are excluded. */
function wasBootedSince(holder: LockHolder, place: ProcessPlace): boolean {
  return (
    place.machine !== null &&
    place.pidNamespace === INITIAL_PID_NAMESPACE &&
    holder.boot !== null &&
    place.boot !== null
  );
}

/** The state of a process of this process id namespace, since the last start of the machine. */
function stateHere({ pid, start, timeNamespace }: LockHolder, place: ProcessPlace): HolderState {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ESRCH') return 'ended';
    // EPERM: a process of another user.
  }
  const status = statusOf(pid);
  if (status === undefined) return 'running';
  // A zombie has ended: its parent has not waited for it.
  if (status.state === 'Z' || status.state === 'X') return 'ended';
  if (start === null || start === status.start) return 'running';
  // Another process has the id now, or the same start is counted from another zero.
  return timeNamespace === place.timeNamespace ? 'ended' : 'elsewhere';
}

/** The state and the start of a process; `undefined` without `/proc`. Source: proc_pid_stat(5). */
function statusOf(pid: number): { readonly state: string; readonly start: string } | undefined {
  const text = textIn(`/proc/${String(pid)}/stat`);
  // The name of the program is in parentheses and may contain any character.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  const start = fields?.[19];
  return state === undefined || start === undefined ? undefined : { state, start };
}

function here(): ProcessPlace {
  const machine = textIn('/etc/machine-id');
  return {
    host: hostname(),
    machine:
      machine === null || machine === ''
        ? null
        : createHash('sha256').update(`evolock lock ${machine}`).digest('hex').slice(0, 32),
    boot: textIn('/proc/sys/kernel/random/boot_id'),
    pidNamespace: ownNamespace('pid'),
    timeNamespace: ownNamespace('time'),
  };
}

/** `null` also on a Linux before 5.6, which has no time namespaces. */
function ownNamespace(kind: 'pid' | 'time'): string | null {
  try {
    return readlinkSync(`/proc/self/ns/${kind}`);
  } catch {
    return null;
  }
}

function textIn(path: string): string | null {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return null;
  }
}
