/** An error with what its class adds to it. */
export type Thrown = Record<string, unknown> & Error;

/** What a call throws. */
export function errorOf(run: () => unknown): Thrown {
  try {
    run();
  } catch (error) {
    return error as Thrown;
  }
  throw new Error('nothing was thrown');
}

/** The code of what a call throws; undefined when it throws nothing, the error itself when it has no code. */
export function codeOf(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}

/** What a promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Thrown> {
  return promise.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: unknown) => error as Thrown,
  );
}
