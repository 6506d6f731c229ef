import { lives, type Life } from '../agent/lives.js';
import { proveLife } from '../agent/prove-life.js';
import { provedOperations } from '../operations/all-operations.js';
import type { Operation } from '../operations/operation.js';
import { transports, type Transport } from '../operations/transfers/transports.js';
import { prove, SHORT_WARM_UP, WARM_UP } from '../prove/prove.js';
import { proveTransport } from '../prove/prove-transport.js';
import { rowOf, type Row } from './row.js';
import type { Verdict } from '../prove/verdict.js';
import { prefixOf, type User } from '../prove/user.js';

/** The number of concurrent processes. The next process starts while another one is scanned. */
const AT_ONCE = 2;

type Job = () => Promise<Row[]>;

/**
 * Runs every operation, fresh and warm, and every transport, and returns the rows of the table in order.
 *
 * @param users - The users as whom each operation runs.
 * @param done - Called with the progress.
 */
export async function allRows(
  users: readonly User[],
  done: (finished: number, total: number) => void,
): Promise<Row[]> {
  const jobs = [
    ...provedOperations.flatMap((operation) => jobsOf(operation, users)),
    ...transports.flatMap((transport) => users.map((user) => transportJob(transport, user))),
    ...lives.flatMap((life) => users.flatMap((user) => lifeJobs(life, user))),
  ];
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
  return rows.flat();
}

function jobsOf(operation: Operation, users: readonly User[]): Job[] {
  const processes: readonly Row['process'][] =
    operation.once === true ? ['fresh'] : ['fresh', 'warm'];
  return users.flatMap((user) =>
    processes.map((process) => async () => {
      const times = user === 'ordinary' ? SHORT_WARM_UP : WARM_UP;
      const repetitions = process === 'warm' ? times : 0;
      const prefix = prefixOf(user, operation);
      const options = { repetitions, prefix };
      return [rowOf(operation, { process, user }, await prove(operation, options).catch(failed))];
    }),
  );
}

function transportJob({ sender, receiver, ...rest }: Transport, user: User): Job {
  return async () => {
    const prefix = prefixOf(user, sender);
    const verdicts = await proveTransport({ sender, receiver, ...rest }, { prefix }).catch(
      (error: unknown) => ({ sender: failed(error), receiver: failed(error) }),
    );
    const circumstances = { process: 'fresh', user } as const;
    return [
      rowOf(sender, circumstances, verdicts.sender),
      rowOf(receiver, circumstances, verdicts.receiver),
    ];
  };
}

function lifeJobs(life: Life, user: User): Job[] {
  return (['fresh', 'warm'] as const).map((process) => async () => {
    const times = user === 'ordinary' ? SHORT_WARM_UP : WARM_UP;
    const prefix = prefixOf(user, life.process);
    const moments = await proveLife(life, { prefix, repetitions: process === 'warm' ? times : 0 });
    return moments.map(({ name, verdict }) =>
      rowOf(
        { layer: life.process.layer, name: `${life.name}: ${name}` },
        { process, user },
        verdict,
      ),
    );
  });
}

/** The row of a process that failed before its scan. Other processes continue. */
function failed(error: unknown): Verdict {
  return { locked: 0, unlocked: 0, erased: 0, problems: [String(error)] };
}
