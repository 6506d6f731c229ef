/** What a scanned process with an agent or a client does. The process that scans it is its peer and its operator: see `lives.ts`. */
import { subscribe } from 'node:diagnostics_channel';
import { existsSync, readFileSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { Agent, receiveKeys, type ServiceClient } from '@evolock/kes-agent';
import { MESSAGE, type Operation } from '../operations/operation.js';
import { fill } from '../operations/transports.js';
import { network, sceneFiles } from './scene.js';
import { TIMEOUT } from './service.js';

/** What an agent and a client have in common. */
function surroundings(folder: string) {
  const files = sceneFiles(folder);
  const monotonic = () => Number(readFileSync(files.clock, 'utf8'));
  const now = () => new Date(monotonic());
  const coldVerificationKey = Uint8Array.from(readFileSync(files.coldVerificationKey));
  return { files, options: { now, monotonic, coldVerificationKey, parameters: network } };
}

/** Runs an agent, and what is done on SIGTERM. */
export const runAgent =
  (end?: (agent: Agent) => void): Operation['run'] =>
  async ({ folder }) => {
    const { files, options } = surroundings(folder);
    const { service, control, sign, peer } = files;
    const clients = clientsOf(service);
    const agent = await Agent.start({
      ...options,
      service,
      control,
      sign,
      bootstrap: [peer],
      limits: { timeout: TIMEOUT / 1000, signaturesPerSecond: 1_000 },
      log({ event }) {
        // The store tells of a key before the pushes begin.
        if (event === 'key-installed' && existsSync(files.blocked)) clients.forEach(fill);
      },
    });
    if (end !== undefined) process.once('SIGTERM', () => end(agent));
    return agent;
  };

/** The clients of a socket, at any time. */
function clientsOf(path: string): ReadonlySet<Socket> {
  const clients = new Set<Socket>();
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket & { server: Server } };
    if (socket.server.address() !== path) return;
    clients.add(socket);
    socket.once('close', () => clients.delete(socket));
  });
  return clients;
}

/** Holds a key of the peer, and what is done on SIGTERM. */
export const runClient =
  (end: (client: ServiceClient) => void): Operation['run'] =>
  ({ folder }) => {
    const { files, options } = surroundings(folder);
    const client = receiveKeys(files.peer, { ...options, timeout: TIMEOUT / 1000 });
    process.once('SIGTERM', () => end(client));
    return client;
  };

/** Waits for the key of a client, signs with it, and leaves. */
export async function signOnce(client: ServiceClient): Promise<void> {
  const { signingKey } = await client.ready();
  signingKey.sign(MESSAGE);
  await client.close();
}
