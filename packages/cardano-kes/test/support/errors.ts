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
