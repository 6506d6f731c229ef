import { LockLimitError, sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { goneRoot, keyAt } from '../expectation.js';
import { MESSAGE, type Operation } from '../operation.js';
import { holds, refused } from '../refused.js';
import { keyOf } from './kes.js';

/** More than any limit under which these are run. */
const TOO_MANY = 10_000;

/** Makes clones until no more memory can be locked. */
function cloneToTheLimit(key: KesSigningKey): KesSigningKey[] {
  const clones: KesSigningKey[] = [];
  while (clones.length < TOO_MANY) {
    try {
      clones.push(key.clone());
    } catch (error) {
      if (error instanceof LockLimitError) return clones;
      throw error;
    }
  }
  throw new Error(`${TOO_MANY} keys were made and no limit was met`);
}

/** What only an ordinary user meets: there is a limit of locked memory. */
export const lockLimitOperations: readonly Operation[] = [
  {
    layer: 'the lock limit',
    name: 'keys up to the limit, which go on working',
    expects: keyAt({ depth: 6, period: 1, signed: true }),
    once: true,
    run(subject) {
      const key = keyOf(sum6Kes, subject);
      const keys = [key, ...cloneToTheLimit(key)];
      holds(keys.length > 10, `more than ten keys fit, not ${keys.length}`);
      for (const each of keys) {
        each.sign(MESSAGE);
        each.update();
        each.sign(MESSAGE);
      }
      return keys;
    },
  },
  {
    layer: 'the lock limit',
    name: 'no memory may be locked at all',
    expects: goneRoot,
    once: true,
    run() {
      refused('ERR_EVOLOCK_LOCK_LIMIT', () => MLockedSeed.newZeroed(32));
      refused('ERR_EVOLOCK_LOCK_LIMIT', () => MLockedSeed.newZeroed(32));
    },
  },
];
