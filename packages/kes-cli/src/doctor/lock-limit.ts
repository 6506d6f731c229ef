import { MAX_ENVELOPE_SIZE } from '@evolock/cardano-kes';
import type { LockStatus } from '@evolock/kes-sum';
import type { Check } from './check.js';
import { sizeInWords } from './size-in-words.js';
import { counted } from '../printable.js';

const RAISE =
  'raise it: `ulimit -l unlimited` in the shell, `LimitMEMLOCK=infinity` in a systemd unit, `--ulimit memlock=-1` for a container, /etc/security/limits.conf for every login';

/** A key with its benches, and the text of its file. */
const FOR_A_KEY = 24_576;

/**
 * What a command takes at most, in bytes: `kes sign` and `kes status` hold the key while the beginning of a public text, which
 * may turn out to be a key, comes through a pipe.
 */
const NEEDED = FOR_A_KEY + MAX_ENVELOPE_SIZE;

/** How much memory this process may lock. */
export function checkLockLimit({ limit, locked, unlimited }: LockStatus): Check {
  const name = 'lock limit';
  if (unlimited === true) {
    return { name, state: 'good', found: 'none for this process (root or CAP_IPC_LOCK)' };
  }
  if (limit === undefined) return { name, state: 'unknown', found: 'this platform does not tell' };
  if (limit === Infinity) return { name, state: 'good', found: 'none' };
  const found = `${sizeInWords(limit)}, of which ${sizeInWords(locked ?? 0)} are in use`;
  return limit < NEEDED
    ? {
        name,
        state: 'bad',
        found: `${found}; a command takes up to ${sizeInWords(NEEDED)}`,
        fix: RAISE,
      }
    : { name, state: 'good', found };
}

/** How many Sum6 keys fit into locked memory. */
export function checkKeysThatFit(fits: number | undefined): Check {
  const name = 'keys that fit';
  if (fits === undefined) return { name, state: 'unknown', found: 'this platform does not tell' };
  const found = `${counted(fits, 'Sum6 key')} at once`;
  return fits === 0 ? { name, state: 'bad', found, fix: RAISE } : { name, state: 'good', found };
}
