// Measures the speed of a scan: `npm run build && node bench/scan.mjs` in this package's folder.
import { spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MaskedNeedle, scanFile, scanProcess, waitUntilStopped } from '@evolock/memory-scan';

const needles = [32, 32, 64].map((length, index) => MaskedNeedle.random(`needle ${index}`, length));

function measure(what, scan) {
  const timed = () => {
    const begin = performance.now();
    const { searched } = scan();
    return { searched, milliseconds: performance.now() - begin };
  };
  const reports = Array.from({ length: 9 }, timed).sort((a, b) => a.milliseconds - b.milliseconds);
  const { milliseconds, searched } = reports[4];
  const speed = searched / 1000 / milliseconds;
  console.log(
    `${what}: ${(searched / 1e6).toFixed(0)} MB in ${milliseconds.toFixed(0)} ms, ${speed.toFixed(0)} MB/s`,
  );
}

const child = spawn(process.execPath, ['-e', 'process.kill(process.pid, "SIGSTOP")']);
await waitUntilStopped(child.pid);
measure('a Node process, one needle', () => scanProcess(child.pid, needles.slice(0, 1)));
measure('a Node process, three needles', () => scanProcess(child.pid, needles));
child.kill('SIGKILL');

const folder = mkdtempSync(join(tmpdir(), 'memory-scan-'));
const path = join(folder, 'random');
writeFileSync(path, randomFillSync(new Uint8Array(2 ** 28)));
measure('a file of random bytes, three needles', () => scanFile(path, needles));
writeFileSync(path, new Uint8Array(2 ** 28));
measure('a file of zeros, three needles', () => scanFile(path, needles));
rmSync(folder, { recursive: true });
