/**
 * The bodies of cases, for synchronous and asynchronous implementations: a generator yields each result or promise, and one
 * of two drivers returns the value to it.
 */
import { ConformanceError, StdioError, type VectorLocation } from '../errors.js';
import type { AsyncKesKeyHandle, Awaitable } from '../implementation/async-implementation.js';

/** A body that waits for results. */
export type Steps<Result = void> = Generator<unknown, Result, unknown>;

/**
 * Waits for a result.
 *
 * @internal
 */
export function* wait<Value>(value: Awaitable<Value>): Steps<Value> {
  return (yield value) as Value;
}

/**
 * A body that calls nothing.
 *
 * @internal
 */
export function atOnce(body: () => void): () => Steps {
  return function* () {
    yield* wait(body());
  };
}

/** The outcome of a call. */
type Attempt<Value> = { readonly value: Value } | { readonly error: unknown };

/**
 * Calls, and returns the value or the error. An error of the connection to a process is not a refusal and is thrown
 * again.
 *
 * @internal
 */
export function* attempt<Value>(call: () => Awaitable<Value>): Steps<Attempt<Value>> {
  try {
    return { value: yield* wait(call()) };
  } catch (error) {
    if (error instanceof StdioError && error.code !== 'ERR_EVOLOCK_STDIO_REFUSED') throw error;
    return { error };
  }
}

/**
 * Runs a body of a synchronous implementation.
 *
 * @internal
 */
export function runSteps<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next(step.value);
  return step.value;
}

/**
 * Runs a body and awaits each result.
 *
 * @internal
 */
export async function awaitSteps<Result>(steps: Steps<Result>): Promise<Result> {
  let step = steps.next();
  while (step.done !== true) {
    const resume = await Promise.resolve(step.value).then(
      (value: unknown) => () => steps.next(value),
      (error: unknown) => () => steps.throw(error),
    );
    step = resume();
  }
  return step.value;
}

/**
 * Uses a key and releases it on every path.
 *
 * @internal
 */
export function* withHandle(
  key: Awaitable<AsyncKesKeyHandle>,
  use: (key: AsyncKesKeyHandle) => Steps,
): Steps {
  const handle = yield* wait(key);
  try {
    yield* use(handle);
  } finally {
    yield* wait(handle.release());
  }
}

/**
 * Returns the error of a refused read. A key that was read is released, and the case fails.
 *
 * @internal
 */
export function* expectRefusal(
  location: VectorLocation,
  read: () => Awaitable<AsyncKesKeyHandle>,
): Steps<unknown> {
  const outcome = yield* attempt(read);
  if ('error' in outcome) return outcome.error;
  yield* wait(outcome.value.release());
  throw new ConformanceError('ERR_EVOLOCK_MALFORMED_ACCEPTED', location, 'the key was read');
}
