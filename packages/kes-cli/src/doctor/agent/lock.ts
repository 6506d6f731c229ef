import type { LockState } from '@evolock/direct-serialise-io/files';
import { printable } from '../../cli/text.js';
import type { Check } from '../check.js';

/** Who holds the lock beside a socket: the agent that may use the path. */
export function checkLock(
  protocol: string,
  path: string,
  { lock, hasSocket }: { readonly lock: LockState | undefined; readonly hasSocket: boolean },
): Check {
  const name = `${protocol} lock`;
  if (lock === undefined) {
    return hasSocket
      ? {
          name,
          state: 'weak',
          found: `${printable(path)} has no lock: another program made it`,
          fix: 'stop that program; an agent refuses the path while a program listens there',
        }
      : { name, state: 'unknown', found: 'none: no agent uses the path' };
  }
  if (lock.state === 'running') return { name, state: 'good', found: `held by ${lock.words}` };
  if (lock.state === 'ended') {
    return { name, state: 'good', found: `stale, of ${lock.words}: the next agent takes it over` };
  }
  return {
    name,
    state: 'weak',
    found: `held by ${lock.words}, which cannot be checked from here`,
    fix: 'when no agent runs there any more, remove the lock file beside the socket',
  };
}
