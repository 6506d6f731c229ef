import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { waitUntilStopped, type MaskedNeedle } from '@evolock/memory-scan';

/** Calls a function while a process is stopped that has planted each needle as its name states: see `plant.mjs`. */
export async function withTarget<Result>(
  needles: readonly MaskedNeedle[],
  work: (pid: number) => Result | Promise<Result>,
): Promise<Result> {
  const program = fileURLToPath(new URL('../targets/plant.mjs', import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', program], {
    env: { ...process.env, NEEDLES: needles.map((needle) => needle.serialise()).join('\n') },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    await waitUntilStopped(child.pid!, { signal: AbortSignal.timeout(30_000) });
    return await work(child.pid!);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

export const notLinux = process.platform !== 'linux';
