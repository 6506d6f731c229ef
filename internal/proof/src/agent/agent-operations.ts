/**
 * Processes with an agent or a client of one. The process that scans them is their peer and their operator: see `lives.ts`.
 */
import { subscribe } from 'node:diagnostics_channel';
import { existsSync, readFileSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { Agent, receiveKeys, type ServiceClient } from '@evolock/kes-agent';
import { layer, MESSAGE, type Operation } from '../operations/operation.js';
import { fill } from '../operations/transports.js';
import { goneRoot } from '../secrets/expectation.js';
import { stopAtExit, stopThisProcess } from '../stop.js';
import { network, sceneFiles } from './scene-files.js';

/** More milliseconds than any scan of the stopped process takes. */
const timeout = 600_000;

const operation = layer('the agent', { once: true, aside: true });

/** What an agent and a client have in common. */
function surroundings(folder: string) {
  const files = sceneFiles(folder);
  const now = () => Number(readFileSync(files.clock, 'utf8'));
  const coldVerificationKey = Uint8Array.from(readFileSync(files.coldVerificationKey));
  return { files, options: { now, monotonic: now, coldVerificationKey, parameters: network } };
}

/** A process with an agent, and what it does on SIGTERM. The process that scans it states what is expected. */
const agentOperation = (name: string, end?: (agent: Agent) => void): Operation =>
  operation(name, goneRoot, async ({ folder }) => {
    const { files, options } = surroundings(folder);
    const { service, control, sign, peer } = files;
    const clients = clientsOf(service);
    const agent = await Agent.start({
      ...{ ...options, service, control, sign },
      bootstrap: [peer],
      limits: { timeout, signaturesPerSecond: 1_000 },
      log({ event }) {
        // The store tells of a key before the pushes begin.
        if (event === 'key-installed' && existsSync(files.blocked)) clients.forEach(fill);
      },
    });
    if (end !== undefined) process.once('SIGTERM', () => end(agent));
    return agent;
  });

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

/** An agent that serves. */
export const servingAgent = agentOperation('an agent');

/** An agent that is closed on SIGTERM. Its process stays. */
export const closingAgent = agentOperation('an agent that is closed', (agent) => {
  void agent.close().then(stopThisProcess);
});

/** An agent that is closed on SIGTERM. Its process ends, because nothing is left to do. */
export const endingAgent = agentOperation('an agent that ends', (agent) => {
  stopAtExit();
  void agent.close();
});

/** An agent whose process ends on SIGTERM at once. */
export const exitingAgent = agentOperation('an agent that exits', () => {
  stopAtExit();
  process.exit(0);
});

/** A process that holds a key of the peer. */
const clientOperation = (name: string, end: (client: ServiceClient) => void): Operation =>
  operation(name, goneRoot, ({ folder }) => {
    const { files, options } = surroundings(folder);
    const client = receiveKeys(files.peer, { ...options, timeout });
    process.once('SIGTERM', () => end(client));
    return client;
  });

/** A client that signs on SIGTERM, at the period of its clock. */
export const signingClient = clientOperation('a client that signs', (client) => {
  client.current()?.signingKey.sign(MESSAGE);
  stopThisProcess();
});

/** A client that waits for its key on SIGTERM, signs with it, and leaves. */
export const leavingClient = clientOperation('a client that leaves', (client) => {
  void signOnce(client).then(stopThisProcess);
});

async function signOnce(client: ServiceClient): Promise<void> {
  const { signingKey } = await client.ready();
  signingKey.sign(MESSAGE);
  await client.close();
}

/** The processes with an agent or a client. */
export const agentOperations: readonly Operation[] = [
  servingAgent,
  closingAgent,
  endingAgent,
  exitingAgent,
  signingClient,
  leavingClient,
];
