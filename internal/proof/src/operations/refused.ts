/**
 * Calls a function that must throw an error with the given code.
 *
 * @throws Error when it does not throw, or throws another error.
 */
export function refused(code: string, work: () => unknown): void {
  let thrown: unknown;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  const actual = thrown instanceof Error && 'code' in thrown ? thrown.code : thrown;
  if (actual !== code) throw new Error(`expected ${code}, got ${String(actual)}`);
}

/**
 * Asserts a condition.
 *
 * @throws Error when the condition is false.
 */
export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(`this does not hold: ${what}`);
}
