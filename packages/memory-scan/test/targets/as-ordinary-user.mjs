// Scans its own child, itself and a process of another user, and reports in JSON.
// Usage: node as-ordinary-user.mjs FOREIGN_PID
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MaskedNeedle, scanOwnProcess, scanProcess, waitUntilStopped } from '@evolock/memory-scan';

const needle = MaskedNeedle.random('canary', 32);

async function ownChild(scenario) {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('plant.mjs', import.meta.url)), scenario],
    { env: { ...process.env, NEEDLE: needle.serialise() }, stdio: 'ignore' },
  );
  try {
    await waitUntilStopped(child.pid);
    return scanProcess(child.pid, [needle]).findings.map(({ encoding, mapping }) => ({
      encoding,
      locked: mapping.locked,
    }));
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    return { code: error.code, message: error.message, cause: error.cause?.code };
  }
}

process.stdout.write(
  JSON.stringify({
    user: process.getuid(),
    heap: await attempt(() => ownChild('small-array')),
    locked: await attempt(() => ownChild('locked')),
    own: await attempt(async () => (await scanOwnProcess([needle])).findings),
    foreign: await attempt(() => scanProcess(Number(process.argv[2]), [needle]).findings),
  }),
);
