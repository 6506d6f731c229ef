// Scans its own child, itself and a process of another user, and reports in JSON.
// Usage: node as-ordinary-user.mjs FOREIGN_PID
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MaskedNeedle, scanOwnProcess, scanProcess, waitUntilStopped } from '@evolock/memory-scan';

const needles = ['small-array', 'locked'].map((way) => MaskedNeedle.random(way, 32));

async function ownChild() {
  const NEEDLES = needles.map((needle) => needle.serialise()).join('\n');
  const program = fileURLToPath(new URL('plant.mjs', import.meta.url));
  const child = spawn(process.execPath, [program], { env: { ...process.env, NEEDLES } });
  try {
    await waitUntilStopped(child.pid);
    return scanProcess(child.pid, needles).findings.map(({ needle, encoding, mapping }) =>
      [needle, encoding, mapping.locked ? 'locked' : 'unlocked'].join(' '),
    );
  } finally {
    child.kill('SIGKILL');
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
    child: await attempt(ownChild),
    own: await attempt(async () => (await scanOwnProcess(needles)).findings),
    foreign: await attempt(() => scanProcess(Number(process.argv[2]), needles).findings),
  }),
);
