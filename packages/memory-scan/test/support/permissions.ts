import { readFileSync } from 'node:fs';

/** Why a child may not read this process; `undefined` when it may. */
export function whyNoOwnScan(): string | undefined {
  if (process.platform !== 'linux') return 'Linux only';
  if (process.getuid?.() === 0) return undefined;
  const scope = ptraceScope();
  return scope === '0' ? undefined : `kernel.yama.ptrace_scope is ${scope}`;
}

function ptraceScope(): string {
  try {
    return readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'latin1').trim();
  } catch {
    return '0';
  }
}

export const notLinux = process.platform !== 'linux';
