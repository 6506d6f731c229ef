/** What an action threw. */
export function errorOf(action: () => unknown): Record<string, unknown> & Error {
  try {
    action();
  } catch (error) {
    return error as Record<string, unknown> & Error;
  }
  throw new Error('nothing was thrown');
}

/** The code of what an action threw. */
export function codeOf(action: () => unknown): unknown {
  return errorOf(action)['code'];
}
