import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
