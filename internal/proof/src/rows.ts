/** The scans of all statements, as rows of a table. */
import { createRequire } from 'node:module';
import { cpus, release } from 'node:os';
import { asOrdinaryUser, LEAST_LOCK_LIMIT } from '@evolock/test-support/ordinary-user';
import { controls } from './operations/controls.js';
import type { Operation } from './operations/operation.js';
import { prove, SHORT_WARM_UP, WARM_UP } from './scan/prove.js';
import { statements, type Statement } from './scan/statements.js';
import type { Verdict } from './scan/verdict.js';

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

/** A row of the table: an operation, and what a scan found after it. */
export interface Row extends Verdict {
  readonly layer: string;
  readonly operation: string;
  readonly process: 'fresh' | 'warm';
  readonly user: User;
}

/** What a scan found of a control outside locked memory. */
export interface ControlResult {
  readonly control: string;
  /** The number of copies and pieces. With none, scans cannot see such a leak. */
  readonly unlocked: number;
}

/** The results of a run. */
export interface Proof {
  /** The machine, its user and the versions, in one line. */
  readonly system: string;
  readonly controls: readonly ControlResult[];
  readonly rows: readonly Row[];
}

/** The number of concurrent processes. The next process starts while another one is scanned. */
const AT_ONCE = 2;

/**
 * Proves every statement, fresh and warm, and returns the rows of the table in order.
 *
 * @param users - The users as whom each operation runs.
 * @param done - Called with the progress.
 */
export async function proofOf(
  users: readonly User[],
  done: (finished: number, total: number) => void,
): Promise<Proof> {
  const found: ControlResult[] = [];
  for (const control of controls)
    found.push({ control: control.name, unlocked: (await prove(control)).unlocked });
  const jobs = statements.flatMap((statement) => jobsOf(statement, users));
  const rows: Row[][] = [];
  let next = 0;
  let finished = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < jobs.length; index = next++) {
      rows[index] = await jobs[index]!();
      finished += 1;
      done(finished, jobs.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { system: thisSystem(), controls: found, rows: rows.flat() };
}

function jobsOf(statement: Statement, users: readonly User[]) {
  const { layer, once } = statement;
  const processes = once === true ? (['fresh'] as const) : (['fresh', 'warm'] as const);
  return users.flatMap((user) =>
    processes.map((process) => async (): Promise<Row[]> => {
      const times = user === 'ordinary' ? SHORT_WARM_UP : WARM_UP;
      const repetitions = process === 'warm' ? times : 0;
      const proved = await statement.prove({ repetitions, prefix: prefixOf(user, statement) });
      return proved.map(([operation, verdict]) => ({
        ...{ layer, operation, process, user },
        ...verdict,
      }));
    }),
  );
}

function thisSystem(): string {
  const require = createRequire(import.meta.url);
  const sodium = require('sodium-native/package.json') as { version: string };
  const processor = `${cpus()[0]?.model.trim() ?? 'unknown'} (${process.arch})`;
  const kernel = `Linux ${release().split('.').slice(0, 2).join('.')}`;
  const user = process.getuid?.() === 0 ? 'root' : 'an ordinary user';
  return [
    new Date().toISOString().slice(0, 10),
    processor,
    kernel,
    `Node ${process.version}`,
    `sodium-native ${sodium.version}`,
    `as ${user}`,
  ].join(', ');
}
