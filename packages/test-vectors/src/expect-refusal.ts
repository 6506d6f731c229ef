import type { AsyncKesKeyHandle } from './async-implementation.js';
import type { Awaitable } from './awaitable.js';
import { ConformanceError, type VectorLocation } from './conformance-error.js';
import { attempt, wait, type Steps } from './steps.js';

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
