import type { Preflight } from '@evolock/kes-sum';
import type { Check } from './check.js';
import { sizeInWords } from './size-in-words.js';
import type { SystemText } from './system-text.js';

/** The name of the check. */
export const CORE_DUMPS = 'core dumps';
const name = CORE_DUMPS;
const CONTENT =
  'a crash writes registers and the stack, which hold parts of a key in the middle of an operation; only locked memory is left out';

/** Whether a crash writes memory to a file. */
export function checkCoreDumps(
  read: SystemText,
  { coreLimit }: Pick<Preflight, 'coreLimit'>,
): Check {
  if (coreLimit === undefined) {
    return { name, state: 'unknown', found: 'this platform does not tell' };
  }
  const target = targetOf((read('/proc/sys/kernel/core_pattern') ?? '').trim());
  if (coreLimit > 0) {
    const limit = coreLimit === Infinity ? 'no limit' : `limit ${sizeInWords(coreLimit)}`;
    return {
      name,
      state: 'bad',
      found: `on (${limit}, to ${target ?? 'a file'}): ${CONTENT}`,
      fix: '`ulimit -c 0` in the shell, `LimitCORE=0` in a systemd unit, `--ulimit core=0` for a container',
    };
  }
  if (target === undefined) return { name, state: 'good', found: 'off' };
  return {
    name,
    state: 'weak',
    found: `limit 0, but ${target} may take them all the same: ${CONTENT}`,
    fix: '`sysctl kernel.core_pattern=core` (systemd: Storage=none in /etc/systemd/coredump.conf)',
  };
}

/** A program that takes the dump through a pipe gets it whatever the limit is. */
function targetOf(pattern: string): string | undefined {
  return pattern.startsWith('|')
    ? `a program (${pattern.slice(1).split(' ', 1)[0] ?? ''})`
    : undefined;
}
