/**
 * A value with the type `never`. Tests use it to pass an argument of a wrong type on purpose.
 *
 * ```ts
 * expect(codeOf(() => seed.equals(wrongly('a seed')))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
 * ```
 */
export function wrongly(value: unknown): never {
  // The compiler takes `never` for everything.
  return value as never;
}
