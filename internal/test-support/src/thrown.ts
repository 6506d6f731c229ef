/** An error with the members that its class adds. */
export type Thrown = Record<string, unknown> & Error;

/** The error that a call throws. */
export function errorOf(run: () => unknown): Thrown {
  try {
    run();
  } catch (error) {
    return error as Thrown;
  }
  throw new Error('nothing was thrown');
}

/** The code of the error that a call throws, the error itself when it has no code, `undefined` when nothing is thrown. */
export function codeOf(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
}

/** The error of a rejected promise. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Thrown> {
  return promise.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: unknown) => error as Thrown,
  );
}
