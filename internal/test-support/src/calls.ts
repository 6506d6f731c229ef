/** What tests give to functions of the packages, and what these throw. */
import fc from 'fast-check';

/** Any seed, as ordinary bytes. */
export const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** Any short message. */
export const messages = fc.uint8Array({ maxLength: 100 });

/** A seed whose bytes are easy to recognise. */
export function seedOf(number: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => (7 * number + 11 * index + 1) % 256);
}

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
