/**
 * A process with an agent. The process that scans it is its peer, its clients and its operator: see `agent/lives.ts`.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { Agent, receiveKeys, type ServiceClient } from '@evolock/kes-agent';
import { network, SceneFiles } from './scene/scene-files.js';
import { goneRoot } from '../secrets/expectation.js';
import { MESSAGE, type Operation } from '../operations/operation.js';
import { stopThisProcess } from '../child/stop.js';

/** More milliseconds than any scan of the stopped process takes. */
const TIMEOUT = 600_000;

/**
 * A process with an agent.
 *
 * @param name - The unique name.
 * @param end - What it does on SIGTERM.
 */
function operation(name: string, end?: (agent: Agent) => void): Operation {
  return {
    layer: 'the agent',
    name,
    // The process that scans it states what is expected.
    expects: goneRoot,
    once: true,
    async run({ folder }) {
      const files = new SceneFiles(folder);
      const { service, control, sign, coldVerificationKey, now } = files;
      const clients = clientsOf(service);
      const agent = await Agent.start({
        ...{ service, control, sign, coldVerificationKey, now },
        monotonic: now,
        parameters: network,
        bootstrap: [files.peer],
        limits: { timeout: TIMEOUT, signaturesPerSecond: 1_000 },
        log({ event }) {
          // The store tells of a key before the pushes begin.
          if (event === 'key-installed' && files.arePushesBlocked) clients.forEach(fill);
        },
      });
      if (end !== undefined) process.once('SIGTERM', () => end(agent));
      return agent;
    },
  };
}

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

const PIECE = 16_384;

/** Fills the kernel buffers directly. The queue of the stream stays empty, so the key is the next to be sent. */
function fill(socket: Socket): void {
  const { fd } = (socket as unknown as { _handle: { fd: number } })._handle;
  const zeros = new Uint8Array(PIECE);
  try {
    for (;;) writeSync(fd, zeros);
  } catch {
    // The kernel buffers are full.
  }
}

/** The process stops after the exit handlers of the packages, which were added before this one. */
function stopAtExit(): void {
  process.on('exit', stopThisProcess);
}

/** An agent that serves. */
export const servingAgent = operation('an agent');

/** An agent that is closed on SIGTERM. Its process stays. */
export const closingAgent = operation('an agent that is closed', (agent) => {
  void agent.close().then(stopThisProcess);
});

/** An agent that is closed on SIGTERM. Its process ends, because nothing is left to do. */
export const endingAgent = operation('an agent that ends', (agent) => {
  stopAtExit();
  void agent.close();
});

/** An agent whose process ends on SIGTERM at once. */
export const exitingAgent = operation('an agent that exits', () => {
  stopAtExit();
  process.exit(0);
});

/** A process that holds a key of the peer. */
function clientOperation(name: string, end: (client: ServiceClient) => void): Operation {
  return {
    layer: 'the agent',
    name,
    expects: goneRoot,
    once: true,
    run({ folder }) {
      const { peer, coldVerificationKey, now } = new SceneFiles(folder);
      const options = {
        ...{ coldVerificationKey, now, parameters: network, timeout: TIMEOUT },
        monotonic: now,
      };
      const client = receiveKeys(peer, options);
      process.once('SIGTERM', () => end(client));
      return client;
    },
  };
}

/** A client that signs on SIGTERM, at the period of its clock. */
export const signingClient = clientOperation('a client that signs', (client) => {
  client.current()?.signingKey.sign(MESSAGE);
  stopThisProcess();
});

/** A client that takes its key from the iterator on SIGTERM, signs with it, and leaves. */
export const leavingClient = clientOperation('a client that leaves', (client) => {
  void signOnce(client).then(stopThisProcess);
});

async function signOnce(client: ServiceClient): Promise<void> {
  for await (const { signingKey } of client) {
    signingKey.sign(MESSAGE);
    break;
  }
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
