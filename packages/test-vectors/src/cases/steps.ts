import { ConformanceError, StdioError, type VectorLocation } from '../errors.js';
import type { AsyncKesKeyHandle, Awaitable } from '../implementation/async-implementation.js';

/**
 * The bodies of cases, written once for implementations that answer at once and for those that answer
 * later: a generator that yields every answer, and one of two drivers that hands it back.
 */

/** A body that waits for answers. */
export type Steps<Result = void> = Generator<unknown, Result, unknown>;

/**
 * Waits for an answer.
 *
 * @internal
 */
export function* wait<Value>(value: Awaitable<Value>): Steps<Value> {
  return (yield value) as Value;
}

/**
 * A body that asks nothing.
 *
 * @internal
 */
export function atOnce(body: () => void): () => Steps {
  return function* () {
    yield* wait(body());
  };
}

/** How a call ended. */
export type Attempt<Value> = { readonly value: Value } | { readonly error: unknown };

/**
 * Calls, and tells how it ended. That a process ended or does not keep to the protocol is no refusal,
 * and is thrown on.
 *
 * @internal
 */
export function* attempt<Value>(call: () => Awaitable<Value>): Steps<Attempt<Value>> {
  try {
    return { value: yield* wait(call()) };
  } catch (error) {
    if (error instanceof StdioError && error.code !== 'STDIO_REFUSED') throw error;
    return { error };
  }
}

/**
 * Runs a body whose answers are there at once.
 *
 * @internal
 */
export function runSteps<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next(step.value);
  return step.value;
}

/**
 * Runs a body, waiting for every answer.
 *
 * @internal
 */
export async function awaitSteps<Result>(steps: Steps<Result>): Promise<Result> {
  let step = steps.next();
  while (step.done !== true) {
    const answer = await Promise.resolve(step.value).then(
      (value: unknown) => () => steps.next(value),
      (error: unknown) => () => steps.throw(error),
    );
    step = answer();
  }
  return step.value;
}

/**
 * Uses a key and lets go of it, whatever happens.
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
 * The error with which a key was refused. A key that was read all the same is let go of.
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
  throw new ConformanceError('MALFORMED_ACCEPTED', location, 'the key was read');
}
