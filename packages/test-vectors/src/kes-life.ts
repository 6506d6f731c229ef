import type { KesKeyHandle } from './implementation.js';
import type { KesSubject } from './kes-subject.js';
import { withKey } from './with-key.js';

/**
 * Generates the key of the vectors and shows it at every period, updating it in between.
 *
 * @internal
 */
export function liveThrough(
  { implementation, key }: KesSubject,
  look: (handle: KesKeyHandle, period: number) => void,
): void {
  withKey(implementation.generateKey(key.seed.slice()), (handle) => {
    look(handle, 0);
    for (let period = 1; period < key.totalPeriods; period += 1) {
      handle.update();
      look(handle, period);
    }
  });
}
