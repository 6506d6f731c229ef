import type { FnOptions } from 'tinybench';

/** Something whose cost is measured. */
export interface Candidate {
  readonly name: string;
  /** What tinybench runs: once a sample, or several times, whose mean the sample is. */
  readonly run: () => unknown;
  readonly hooks: FnOptions;
}

/** What is called once for each sample. */
export function once(name: string, run: () => unknown): Candidate {
  return { name, run, hooks: { async: false } };
}

/**
 * The same, several times for each sample: what it is compared with takes as long, and so is as often disturbed.
 */
export function severalTimes(times: number, { name, run, hooks }: Candidate): Candidate {
  if (times === 1) return { name, run, hooks };
  return once(`${times} × ${name}`, () => {
    for (let done = 0; done < times; done += 1) run();
  });
}

/** What is so cheap that the clock would be most of it: called so often for each sample. */
export function often(name: string, times: number, run: () => unknown): Candidate {
  const batch = () => {
    const start = performance.now();
    for (let done = 0; done < times; done += 1) run();
    const total = performance.now() - start;
    return { overriddenDuration: total / times, overriddenIterationCost: total };
  };
  return { name, run: batch, hooks: { async: false } };
}

/** What needs something made anew for each call, whose making and end are not measured. */
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

/** What has to be awaited, and says itself how many milliseconds it took. */
export function timed(name: string, run: () => Promise<number>): Candidate {
  const sample = async () => ({ overriddenDuration: await run() });
  return { name, run: sample, hooks: { async: true } };
}
