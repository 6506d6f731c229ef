import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ordinary } from './support/connections.js';
import { fileName } from './support/files.js';
import { countInProcess } from './support/process-memory.js';
import { exitOf, runScript } from './support/scripts.js';

const SIZE = 64;

async function take(socket: Socket): Promise<Buffer> {
  let all = Buffer.alloc(0);
  while (all.byteLength < SIZE) {
    const [part] = (await once(socket, 'data')) as [Buffer];
    all = Buffer.concat([all, part]);
  }
  return all;
}

// The secret is made here and reaches the other process only over the tested transport, so all copies there are of that
// transport.
test.runIf(process.platform === 'linux')(
  'a key that used each transport is in its locked memory only, and nowhere after its release',
  async () => {
    const secret = randomBytes(SIZE);
    const [source, copy] = [fileName(), fileName()];
    writeFileSync(source, secret, { mode: 0o600 });
    const path = fileName();
    const server = createServer().listen(path);
    await once(server, 'listening');
    const child = runScript(
      `
        const [path, source, copy] = ${JSON.stringify([path, source, copy])};
        const type = MLockedBytes.type(${SIZE});
        const connection = await io.LockedConnection.connect({ path });
        const over = await connection.receive(${SIZE}, type);
        await connection.send(${SIZE}, over);
        over.release();
        io.directDeserialiseFromDescriptor(3, ${SIZE}, type).release();
        const kept = io.directDeserialiseFromFile(source, ${SIZE}, type);
        io.directSerialiseToFile(copy, ${SIZE}, kept);
        process.on('message', (message) => {
          if (message === 'release') kept.release();
          else void connection.destroy().then(() => process.disconnect());
          process.send('done');
        });
        process.send('kept');
      `,
      { stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'ipc'] },
    );
    const exit = exitOf(child);
    const ready = once(child, 'message');
    (child.stdio[3] as Socket).write(secret);
    const [socket] = (await once(server, 'connection')) as [Socket];
    ordinary(socket).write(secret);
    expect((await take(socket)).subarray(0, SIZE).equals(secret)).toBe(true);
    await ready;
    expect(readFileSync(copy).equals(secret)).toBe(true);
    expect(countInProcess(child.pid!, secret)).toBe(1);
    child.send('release');
    await once(child, 'message');
    expect(countInProcess(child.pid!, secret)).toBe(0);
    child.send('end');
    expect(await exit).toBe(0);
    server.close();
  },
);

test.runIf(process.platform === 'linux')(
  'a worker that releases and ends leaves nothing of its key',
  async () => {
    const secret = randomBytes(SIZE);
    const path = fileName();
    const server = createServer().listen(path);
    await once(server, 'listening');
    const child = runScript(
      `
        import { Worker } from 'node:worker_threads';
        const worker = new Worker(\`(async () => {
          const { parentPort } = require('node:worker_threads');
          const { LockedConnection } = await import('@evolock/direct-serialise-io');
          const { MLockedBytes } = await import('@evolock/mlocked-bytes');
          const { releaseAll } = await import('@evolock/mlocked-bytes/release-all');
          const connection = await LockedConnection.connect({ path: ${JSON.stringify(path)} });
          globalThis.key = await connection.receive(${SIZE}, MLockedBytes.type(${SIZE}));
          parentPort.once('message', () => void releaseAll());
          parentPort.postMessage('received');
        })();\`, { eval: true, execArgv: [] });
        worker.on('message', () => process.send('received'));
        worker.on('exit', () => process.send('ended'));
        process.on('message', (message) => {
          if (message === 'stop') worker.postMessage(message);
          else process.disconnect();
        });
      `,
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    const exit = exitOf(child);
    const received = once(child, 'message');
    const [socket] = (await once(server, 'connection')) as [Socket];
    ordinary(socket).write(secret);
    expect((await received)[0]).toBe('received');
    expect(countInProcess(child.pid!, secret)).toBe(1);
    const ended = once(child, 'message');
    child.send('stop');
    expect((await ended)[0]).toBe('ended');
    expect(countInProcess(child.pid!, secret)).toBe(0);
    child.send('end');
    expect(await exit).toBe(0);
    server.close();
  },
);
