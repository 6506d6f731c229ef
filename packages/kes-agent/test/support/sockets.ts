/** Folders and sockets that are gone after the test. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOBODY } from '@evolock/test-support/ordinary-user';
import { onTestFinished } from 'vitest';
import type { ListenOptions } from '../../src/sockets/listener.js';

/** Why no other user can run a program here, if none can: this Node may be in a folder of root. */
export const whyNoOtherUser =
  process.getuid?.() === 0
    ? spawnSync(process.execPath, ['--version'], { uid: NOBODY, gid: NOBODY, cwd: '/' }).error
        ?.message
    : 'only root can run programs of other users';

/** A listener that does nothing with its clients. */
export const PASSIVE: ListenOptions = {
  maxClients: 8,
  onConnection: () => undefined,
  onFull: () => undefined,
  onWarning: () => undefined,
};

export function folder(base = tmpdir()): string {
  const path = mkdtempSync(join(base, 'kes-agent-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/**
 * The folder of a service of another user: clients of root trust its sockets, since nobody but root can change a folder above
 * it. Only root can make it.
 */
export function folderOfService(user: number): string {
  const path = folder('/run');
  chownSync(path, user, user);
  return path;
}

/** A socket that is destroyed after the test. */
export function ordinary(socket: Socket): Socket {
  // The other side resets the connection in some tests.
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

export async function connectedTo(path: string): Promise<Socket> {
  const socket = ordinary(connect({ path, allowHalfOpen: true }));
  await once(socket, 'connect');
  return socket;
}

export async function socketPair(): Promise<[Socket, Socket]> {
  const path = join(folder(), 'socket');
  const server = createServer({ allowHalfOpen: true }).listen(path);
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = await connectedTo(path);
  const [other] = await accepted;
  server.close();
  return [client, ordinary(other)];
}
