import { provedOperations } from './all-operations.js';
import { transports } from './operations/transports.js';
import { prove, WARM_UP } from './prove.js';
import { proveTransport } from './prove-transport.js';
import { rowOf, type Row } from './row.js';

/** Processes that are at work at the same time: while one is scanned, the next one starts. */
const AT_ONCE = 2;

type Job = () => Promise<Row[]>;

/** Every operation on a fresh process and on a warm one, and every transport: all rows of the table, in order. */
export async function allRows(done: (finished: number, total: number) => void): Promise<Row[]> {
  const jobs = [...provedOperations.flatMap(jobsOf), ...transports.map(transportJob)];
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

function jobsOf(operation: (typeof provedOperations)[number]): Job[] {
  const fresh: Job = async () => [rowOf(operation, 'fresh', await prove(operation))];
  const warm: Job = async () => [
    rowOf(operation, 'warm', await prove(operation, { repetitions: WARM_UP })),
  ];
  return operation.once === true ? [fresh] : [fresh, warm];
}

function transportJob(transport: (typeof transports)[number]): Job {
  return async () => {
    const verdicts = await proveTransport(transport);
    return [
      rowOf(transport.sender, 'fresh', verdicts.sender),
      rowOf(transport.receiver, 'fresh', verdicts.receiver),
    ];
  };
}
