import type { Check, SystemText } from './check.js';

const name = 'ptrace scope';
const WORDS: Readonly<Record<string, string>> = {
  '1': '1: only a parent process can read the memory of its children',
  '2': '2: only an administrator can read the memory of a process',
  '3': '3: no process can read the memory of another',
};

/** Whether another process of the same user can read the memory of this one. */
export function checkPtraceScope(read: SystemText): Check {
  const scope = read('/proc/sys/kernel/yama/ptrace_scope')?.trim();
  const fix =
    '`sysctl kernel.yama.ptrace_scope=2` (and a file in /etc/sysctl.d to make it permanent)';
  if (scope === undefined && process.platform !== 'linux') {
    return { name, state: 'unknown', found: 'this platform does not report it' };
  }
  if (scope === undefined) {
    return {
      name,
      state: 'unknown',
      found:
        'this kernel has no Yama: any process of the same user can read the memory of this one',
      fix: 'run kes under its own user',
    };
  }
  const words = WORDS[scope];
  return words === undefined
    ? {
        name,
        state: 'weak',
        found: `${scope}: any process of the same user can read the memory of this one`,
        fix,
      }
    : { name, state: 'good', found: words };
}
