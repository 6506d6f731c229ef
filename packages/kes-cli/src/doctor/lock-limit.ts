import { MAX_ENVELOPE_SIZE } from '@evolock/cardano-kes';
import type { LockStatus } from '@evolock/kes-sum';
import { counted } from '../cli/text.js';
import { sizeInWords, type Check } from './check.js';

const RAISE =
  'raise it: `ulimit -l unlimited` in the shell, `LimitMEMLOCK=infinity` in a systemd unit, `--ulimit memlock=-1` for a container, /etc/security/limits.conf for every login';

/** Bytes of a key, its scratch memory, and the text of its file. */
const FOR_A_KEY = 24_576;

/**
 * The locked memory that a command needs at most, in bytes: `kes sign` and `kes status` hold the key while they look at
 * the beginning of a public file, which could be a key.
 */
const NEEDED = FOR_A_KEY + MAX_ENVELOPE_SIZE;

const LOCK_LIMIT = 'lock limit';
const KEYS_THAT_FIT = 'keys that fit';

/** The names of the checks without which no key can be locked. */
export const ABOUT_LOCKING: readonly string[] = [LOCK_LIMIT, KEYS_THAT_FIT];

/** How much memory this process can lock. */
export function checkLockLimit({ limit, locked, unlimited }: LockStatus): Check {
  const name = LOCK_LIMIT;
  if (unlimited === true) {
    return { name, state: 'good', found: 'none for this process (root or CAP_IPC_LOCK)' };
  }
  if (limit === undefined)
    return { name, state: 'unknown', found: 'this platform does not report it' };
  if (limit === Infinity) return { name, state: 'good', found: 'none' };
  const found = `${sizeInWords(limit)}, ${sizeInWords(locked ?? 0)} in use`;
  return limit < NEEDED
    ? {
        name,
        state: 'bad',
        found: `${found}; a command needs up to ${sizeInWords(NEEDED)}`,
        fix: RAISE,
      }
    : { name, state: 'good', found };
}

/** How many Sum6 keys fit into locked memory. */
export function checkKeysThatFit(fits: number | undefined): Check {
  const name = KEYS_THAT_FIT;
  if (fits === undefined)
    return { name, state: 'unknown', found: 'this platform does not report it' };
  const found = `${counted(fits, 'Sum6 key')} at once`;
  return fits === 0 ? { name, state: 'bad', found, fix: RAISE } : { name, state: 'good', found };
}
