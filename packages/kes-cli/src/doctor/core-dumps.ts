import type { Check } from './check.js';
import type { SystemText } from './system-text.js';

const name = 'core dumps';

/** Whether a crash writes memory to a file. Locked memory is left out of it by the kernel. */
export function checkCoreDumps(read: SystemText): Check {
  const limits = read('/proc/self/limits');
  const limit = limits && /^Max core file size\s+(\S+)/m.exec(limits)?.[1];
  if (!limit) return { name, state: 'unknown', found: 'this platform does not tell' };
  const pattern = (read('/proc/sys/kernel/core_pattern') ?? '').trim();
  const isPiped = pattern.startsWith('|');
  // A program that takes the dump through a pipe gets it even where the limit is 0, unless that is all it allows.
  if (limit === '0' && !isPiped) return { name, state: 'good', found: 'off' };
  const target = isPiped ? `a program (${pattern.slice(1).split(' ', 1)[0] ?? ''})` : 'a file';
  return {
    name,
    state: 'weak',
    found: `go to ${target}, limit ${limit}; locked memory is left out of them`,
    fix: isPiped
      ? '`sysctl kernel.core_pattern=core` and `ulimit -c 0` (systemd: Storage=none in /etc/systemd/coredump.conf)'
      : '`ulimit -c 0` in the shell, `LimitCORE=0` in a systemd unit',
  };
}
