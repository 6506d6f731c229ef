/**
 * A value passed off as whatever is asked for. It is how tests give an argument of a wrong type on purpose, as callers
 * without a compiler do.
 *
 * ```ts
 * expect(codeOf(() => seed.equals(wrongly('a seed')))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
 * ```
 */
export function wrongly(value: unknown): never {
  // The compiler takes `never` for everything.
  return value as never;
}
