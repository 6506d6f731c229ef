/** What a run over a fleet leaves to the next, for each log: a state, and the files that were read as a whole. */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JudgedLog } from '../judged-log.js';
import { writeState } from '../resuming.js';

/** Seconds after which everything is read again. */
const DAY = 86_400;

/** What is in the file beside the state. */
interface Read {
  /** When everything was read and nothing was changed, in POSIX seconds. */
  readonly whole: number;
  /** The files that were there: the size of each, the time of its last change, and its number in the file system. */
  readonly files: readonly string[];
}

/** What an earlier run left. */
export interface Kept {
  /** Whether there is a state of this key. */
  readonly isKnown: boolean;
  /** Whether everything has to be read. */
  readonly isWhole: boolean;
  /** What is to be left to the next run when nothing is found. */
  readonly read: Read;
  /** The content of the file. */
  readonly text: string;
}

/** What is left of an earlier run. A state that is damaged is refused when it is used. */
export function keptOf(
  file: string,
  { verifierKey, logs, now }: { verifierKey: string; logs: readonly string[]; now: Date },
): Kept {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const kept = parsed(text);
  const isKnown = text !== '' && (kept === undefined || kept.verifierKey === verifierKey);
  const seconds = Math.floor(now.getTime() / 1000);
  const files = logs.map(stampOf);
  const read = isKnown ? kept?.read : undefined;
  const isWhole =
    read === undefined || seconds - read.whole >= DAY || !areSameFiles(read.files, files);
  return { isKnown, isWhole, text, read: { whole: isWhole ? seconds : read.whole, files } };
}

function parsed(
  text: string,
): { readonly verifierKey?: unknown; readonly read?: Read } | undefined {
  try {
    return JSON.parse(text) as { readonly verifierKey?: unknown; readonly read?: Read };
  } catch {
    return undefined;
  }
}

function stampOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.size} ${stat.mtimeNs} ${stat.dev}:${stat.ino}`;
}

/** Whether old files are as before, and the live one is, too, or has grown. */
function areSameFiles(before: readonly string[], now: readonly string[]): boolean {
  const old = (files: readonly string[]) => files.slice(0, -1).join();
  if (before.length !== now.length || old(before) !== old(now)) return false;
  const [one = '', other = ''] = [before.at(-1), now.at(-1)];
  return one === other || Number.parseInt(other) > Number.parseInt(one);
}

/** Leaves what was found to the next run. After a change everything is read again, until there is none any more. */
export function keepState(file: string, { state, verdict }: JudgedLog, { read, text }: Kept): void {
  if (state === undefined) return;
  const isRead = verdict.result !== 'invalid';
  const kept = { ...state, ...(isRead && { read }) };
  if (text === `${JSON.stringify(kept)}\n`) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeState(file, kept);
}
