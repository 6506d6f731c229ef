import type { FnOptions } from 'tinybench';

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

/**
 * A candidate that is called several times for each sample, so that a sample takes as long as one of its comparison.
 */
export function severalTimes(times: number, { name, run, hooks }: Candidate): Candidate {
  if (times === 1) return { name, run, hooks };
  return once(`${times} × ${name}`, () => {
    for (let done = 0; done < times; done += 1) run();
  });
}

/** A candidate so cheap that the clock would dominate: it is called many times for each sample. */
export function often(name: string, times: number, run: () => unknown): Candidate {
  const batch = () => {
    const start = performance.now();
    for (let done = 0; done < times; done += 1) run();
    const total = performance.now() - start;
    return { overriddenDuration: total / times, overriddenIterationCost: total };
  };
  return { name, run: batch, hooks: { async: false } };
}

/** A candidate that needs a new value for each call. Making and releasing the value is not measured. */
export function each<Made>(
  name: string,
  make: () => Made,
  run: (made: Made) => unknown,
  end: (made: Made) => void,
): Candidate {
  let made: Made | undefined;
  return {
    name,
    run: () => run(made!),
    hooks: {
      async: false,
      beforeEach: () => {
        made = make();
      },
      afterEach: () => end(made!),
    },
  };
}

/** An asynchronous candidate that returns the milliseconds that it took. */
export function timed(name: string, run: () => Promise<number>): Candidate {
  const sample = async () => ({ overriddenDuration: await run() });
  return { name, run: sample, hooks: { async: true } };
}
