import type { Check } from './check.js';
import type { SystemText } from './system-text.js';

const name = 'ptrace scope';
const WORDS: Readonly<Record<string, string>> = {
  '1': '1: only a parent may read the memory of its children',
  '2': '2: only an administrator may read the memory of a process',
  '3': '3: nobody may read the memory of a process',
};

/** Whether another process of the same user may read the memory of this one. */
export function checkPtraceScope(read: SystemText): Check {
  const scope = read('/proc/sys/kernel/yama/ptrace_scope')?.trim();
  const fix = '`sysctl kernel.yama.ptrace_scope=2` (and a file in /etc/sysctl.d to keep it)';
  if (scope === undefined) {
    return {
      name,
      state: 'unknown',
      found:
        'this kernel has no Yama: any process of the same user may read the memory of this one',
      fix: 'give the keys a user of their own',
    };
  }
  const words = WORDS[scope];
  return words === undefined
    ? {
        name,
        state: 'weak',
        found: `${scope}: any process of the same user may read this one`,
        fix,
      }
    : { name, state: 'good', found: words };
}
