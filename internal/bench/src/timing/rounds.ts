/**
 * Measures side by side: every candidate is warmed first, then all take turns in each round, so that a disturbance of the
 * machine affects all of them. A ratio is that of two medians of the same round.
 */
import { Bench, type Task } from 'tinybench';
import type { Candidate } from './candidate.js';

/** The length of a measurement. */
export interface Effort {
  readonly rounds: number;
  /** Milliseconds for each candidate in each round. */
  readonly slice: number;
  /** The least number of samples for each candidate in each round. */
  readonly samples: number;
  /** Milliseconds for each candidate before the first round, in which the compiler optimises. */
  readonly warmUp: number;
}

/** The times of one candidate. */
export interface Series {
  readonly name: string;
  /** The median of each round in microseconds. */
  readonly rounds: readonly number[];
}

const MICROSECONDS = 1000;

/** Measures candidates side by side. */
export async function measure(candidates: readonly Candidate[], effort: Effort): Promise<Series[]> {
  const turns = candidates.map((candidate) => ({
    candidate,
    task: taskOf(candidate, effort),
    rounds: [] as number[],
  }));
  for (const { task, candidate } of turns) {
    if (candidate.hooks.async === true) await task.warmup();
    else task.warmupSync();
  }
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const { task, candidate, rounds } of turns) {
      rounds.push(await medianOf(task, candidate.hooks.async === true));
    }
  }
  return turns.map(({ candidate, rounds }) => ({ name: candidate.name, rounds }));
}

function taskOf({ name, run, hooks }: Candidate, effort: Effort): Task {
  const bench = new Bench({
    time: effort.slice,
    iterations: effort.samples,
    warmupTime: effort.warmUp,
    warmupIterations: effort.samples,
    throws: true,
  });
  bench.add(name, run, hooks);
  return bench.getTask(name)!;
}

async function medianOf(task: Task, isAsync: boolean): Promise<number> {
  task.reset();
  if (isAsync) await task.run();
  else task.runSync();
  const { result } = task;
  if (!('latency' in result)) throw new Error(`${task.name} was not measured: ${result.state}`);
  return result.latency.p50 * MICROSECONDS;
}
