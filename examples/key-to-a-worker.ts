/**
 * A key for a worker thread. `postMessage` copies through ordinary memory. So the key goes over a Unix socket, from locked
 * memory to locked memory, and only public values are posted.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { LockedConnection } from '@evolock/direct-serialise-io';
import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';

const message = new TextEncoder().encode('signed by a worker');
const limits = () => ({ signal: AbortSignal.timeout(30_000) });

if (isMainThread) await sendToWorker();
else await workWithKey(workerData as string);

async function sendToWorker(): Promise<void> {
  // The folder has mode 0700, so no other user can connect.
  const folder = await mkdtemp(join(tmpdir(), 'evolock-'));
  const path = join(folder, 'key.sock');
  const server = createServer({ pauseOnConnect: true }).listen(path);
  try {
    await once(server, 'listening');
    const worker = new Worker(new URL(import.meta.url), { workerData: path });
    const ended = once(worker, 'exit');
    const signed = once(worker, 'message') as Promise<[Uint8Array]>;
    const [socket] = (await once(server, 'connection')) as [Socket];
    await using connection = LockedConnection.takeOver(socket);
    using seed = MLockedSeed.newRandom(32);
    using key = sum6Kes.generateKey(seed);
    await connection.send(key, limits());
    const [signature] = await signed;
    console.log(`valid: ${sum6Kes.verify(key.deriveVerificationKey(), 0, message, signature)}`);
    // The worker ends by itself. `terminate()` would not wipe its memory.
    await ended;
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
}

async function workWithKey(path: string): Promise<void> {
  await using connection = await LockedConnection.connect({ path }, limits());
  using key = await connection.receive(sum6Kes, limits());
  parentPort?.postMessage(key.sign(message));
}
