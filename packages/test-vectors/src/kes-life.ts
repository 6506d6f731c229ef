import type { AsyncKesKeyHandle } from './async-implementation.js';
import type { KesSubject } from './kes-subject.js';
import { wait, type Steps } from './steps.js';
import { withHandle } from './with-handle.js';

/**
 * Generates the key of the vectors and shows it at every period, updating it in between.
 *
 * @internal
 */
export function* liveThrough(
  { implementation, key }: KesSubject,
  look: (handle: AsyncKesKeyHandle, period: number) => Steps,
): Steps {
  yield* withHandle(implementation.generateKey(key.seed.slice()), function* (handle) {
    yield* look(handle, 0);
    for (let period = 1; period < key.totalPeriods; period += 1) {
      yield* wait(handle.update());
      yield* look(handle, period);
    }
  });
}
