import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { waitUntilStopped, type MaskedNeedle } from '@evolock/memory-scan';

/** Calls a function while a process is stopped that has planted the needle as the scenario states. */
export async function withTarget<Result>(
  scenario: string,
  needle: MaskedNeedle,
  work: (pid: number) => Result | Promise<Result>,
): Promise<Result> {
  const child = spawn(
    process.execPath,
    ['--expose-gc', fileURLToPath(new URL('../targets/plant.mjs', import.meta.url)), scenario],
    { env: { ...process.env, NEEDLE: needle.serialise() }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  try {
    await waitUntilStopped(child.pid!, { timeout: 30_000 });
    return await work(child.pid!);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

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
