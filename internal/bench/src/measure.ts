/**
 * Measures side by side: every candidate is warmed first, then all take turns in each round, so that a disturbance of the
 * machine affects all of them. A ratio is that of two medians of the same round.
 */
import { Bench, type FnOptions, type Task } from 'tinybench';

/** An operation whose cost is measured. */
export interface Candidate {
  readonly name: string;
  /** The function that tinybench runs. A sample is one call, or the mean of several. */
  readonly run: () => unknown;
  readonly hooks: FnOptions;
}

/** A candidate that is called once for each sample. */
export function once(name: string, run: () => unknown): Candidate {
  return { name, run, hooks: { async: false } };
}

/** A candidate that is called several times for each sample, so that a sample takes as long as one of its comparison. */
export function severalTimes(times: number, candidate: Candidate): Candidate {
  if (times === 1) return candidate;
  return once(`${times} × ${candidate.name}`, () => {
    for (let done = 0; done < times; done += 1) candidate.run();
  });
}

/** A candidate so cheap that the clock would dominate: it is called many times for each sample. */
export function often(name: string, times: number, run: () => unknown): Candidate {
  return once(name, () => {
    const start = performance.now();
    for (let done = 0; done < times; done += 1) run();
    const total = performance.now() - start;
    return { overriddenDuration: total / times, overriddenIterationCost: total };
  });
}

/** A candidate that needs a new value for each call. Making and releasing the value is not measured. */
export function each<Made extends { release(): void }>(
  name: string,
  make: () => Made,
  run: (made: Made) => unknown,
): Candidate {
  let made: Made | undefined;
  const hooks = {
    async: false,
    beforeEach: () => {
      made = make();
    },
    afterEach: () => made?.release(),
  };
  return { name, run: () => run(made!), hooks };
}

/** An asynchronous candidate that returns the milliseconds that it took. */
export function timed(name: string, run: () => Promise<number>): Candidate {
  const sample = async () => ({ overriddenDuration: await run() });
  return { name, run: sample, hooks: { async: true } };
}

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

/** Measures candidates side by side. */
export async function measure(candidates: readonly Candidate[], effort: Effort): Promise<Series[]> {
  const turns = candidates.map(({ name, run, hooks }) => {
    const bench = new Bench({
      time: effort.slice,
      iterations: effort.samples,
      warmupTime: effort.warmUp,
      warmupIterations: effort.samples,
      throws: true,
    });
    bench.add(name, run, hooks);
    const isAsync = hooks.async === true;
    return { name, isAsync, task: bench.getTask(name)!, rounds: [] as number[] };
  });
  for (const { task, isAsync } of turns) {
    if (isAsync) await task.warmup();
    else task.warmupSync();
  }
  for (let round = 0; round < effort.rounds; round += 1)
    for (const { task, isAsync, rounds } of turns) rounds.push(await medianOf(task, isAsync));
  return turns.map(({ name, rounds }) => ({ name, rounds }));
}

async function medianOf(task: Task, isAsync: boolean): Promise<number> {
  task.reset();
  if (isAsync) await task.run();
  else task.runSync();
  const { result } = task;
  if (!('latency' in result)) throw new Error(`${task.name} was not measured: ${result.state}`);
  return result.latency.p50 * 1_000;
}

/** The median of several values, and their quartiles. */
export interface Spread {
  readonly median: number;
  /** The lower quartile. */
  readonly low: number;
  /** The upper quartile. */
  readonly high: number;
}

/**
 * The spread of values.
 *
 * @throws RangeError when there are none.
 */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('nothing was measured');
  const sorted = [...values].sort((left, right) => left - right);
  const quantile = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)]!;
    return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
  };
  return { median: quantile(0.5), low: quantile(0.25), high: quantile(0.75) };
}

/** The spread of a ratio, which is computed within each round. */
export function ratioOf(left: Series, right: Series): Spread {
  return spreadOf(left.rounds.map((value, round) => value / right.rounds[round]!));
}
