import type { AsyncKesKeyHandle } from './async-implementation.js';
import type { Awaitable } from './awaitable.js';
import { wait, type Steps } from './steps.js';

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
