type Failure = Record<string, unknown> & Error;

/** What an action threw. */
export function errorOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    return error as Failure;
  }
  throw new Error('nothing was thrown');
}

/** What a promise was rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Failure> {
  return promise.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: unknown) => error as Failure,
  );
}
