import type { Preflight } from '@evolock/kes-sum';
import { sizeInWords, type Check, type SystemText } from './check.js';

/** The name of the check. */
export const CORE_DUMPS = 'core dumps';
const name = CORE_DUMPS;
const CONTENT =
  'a crash during an operation writes registers and the stack, which hold parts of a key; only locked memory is excluded';

/** Whether a crash writes memory to a file. */
export function checkCoreDumps(
  read: SystemText,
  { coreLimit }: Pick<Preflight, 'coreLimit'>,
): Check {
  if (coreLimit === undefined) {
    return { name, state: 'unknown', found: 'this platform does not report it' };
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
    found: `limit 0, but ${target} may receive them anyway: ${CONTENT}`,
    fix: '`sysctl kernel.core_pattern=core` (systemd: Storage=none in /etc/systemd/coredump.conf)',
  };
}

/** The program that receives dumps through a pipe, if there is one. The limit does not apply to it. */
function targetOf(pattern: string): string | undefined {
  return pattern.startsWith('|')
    ? `a program (${pattern.slice(1).split(' ', 1)[0] ?? ''})`
    : undefined;
}
