import type { Operation } from '../operations/operation.js';
import type { User } from '../prove/user.js';
import type { Verdict } from '../prove/verdict.js';

/** A row of the table: an operation, and what a scan found after it. */
export interface Row extends Verdict {
  readonly layer: string;
  readonly operation: string;
  readonly process: 'fresh' | 'warm';
  readonly user: User;
}

/** The kind of process, and its user. */
export type Circumstances = Pick<Row, 'process' | 'user'>;

/** The row of a verdict. */
export function rowOf(
  { layer, name }: Pick<Operation, 'layer' | 'name'>,
  { process, user }: Circumstances,
  verdict: Verdict,
): Row {
  return { layer, operation: name, process, user, ...verdict };
}

/** Whether there is no violation. */
export function isProved({ unlocked, erased, problems }: Verdict): boolean {
  return unlocked === 0 && erased === 0 && problems.length === 0;
}
