/**
 * Measuring side by side: every candidate is warmed first, then all take turns, round for round, so that what disturbs
 * the machine disturbs all of them. A ratio is made within a round, of the medians of two neighbours.
 */
import { Bench, type Task } from 'tinybench';
import type { Candidate } from './candidate.js';

/** How long is measured. */
export interface Effort {
  readonly rounds: number;
  /** Milliseconds for each candidate in each round. */
  readonly slice: number;
  /** Samples for each candidate in each round, at least. */
  readonly samples: number;
  /** Milliseconds for each candidate before the first round: compilers need some. */
  readonly warmUp: number;
}

/** What one candidate took. */
export interface Series {
  readonly name: string;
  /** The median of each round, microseconds. */
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
