/**
 * A process with an agent. The process that scans it is its peer, its clients and its operator: see `agent/lives.ts`.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { Agent } from '@evolock/kes-agent';
import { network, SceneFiles } from './scene/scene-files.js';
import { goneRoot } from '../secrets/expectation.js';
import type { Operation } from '../operations/operation.js';
import { stopThisProcess } from '../child/stop.js';

/** More milliseconds than any scan of the stopped process takes. */
const TIMEOUT = 600_000;

interface Behaviour {
  /** Whether no client of the service socket can take a push: the kernel has no room for it. */
  readonly blocksPushes?: boolean;
  /** What the process does on SIGTERM. */
  readonly end?: (agent: Agent) => void;
}

function operation(name: string, { blocksPushes = false, end }: Behaviour = {}): Operation {
  return {
    layer: 'the agent',
    name,
    // The process that scans it states what is expected.
    expects: goneRoot,
    once: true,
    async run({ folder }) {
      const files = new SceneFiles(folder);
      const clients = blocksPushes ? clientsOf(files.service) : [];
      const { service, control, sign, coldVerificationKey, now } = files;
      const agent = await Agent.start({
        ...{ service, control, sign, coldVerificationKey, now },
        parameters: network,
        bootstrap: [files.peer],
        limits: { timeout: TIMEOUT, signaturesPerSecond: 1_000 },
        log({ event }) {
          // The store tells of a key before the pushes begin.
          if (event === 'key-installed') clients.forEach(fill);
        },
      });
      if (end !== undefined) process.once('SIGTERM', () => end(agent));
      return agent;
    },
  };
}

/** The clients of a socket, in a list that grows. */
function clientsOf(path: string): Socket[] {
  const clients: Socket[] = [];
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket & { server: Server } };
    if (socket.server.address() === path) clients.push(socket);
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

/** An agent whose pushes are stuck. */
export const blockedAgent = operation('an agent with blocked pushes', { blocksPushes: true });

/** An agent that is closed on SIGTERM. Its process stays. */
export const closingAgent = operation('an agent that is closed', {
  blocksPushes: true,
  end: (agent) => void agent.close().then(stopThisProcess),
});

/** An agent that is closed on SIGTERM. Its process ends, because nothing is left to do. */
export const endingAgent = operation('an agent that ends', {
  end(agent) {
    stopAtExit();
    void agent.close();
  },
});

/** An agent whose process ends on SIGTERM at once. */
export const exitingAgent = operation('an agent that exits', {
  blocksPushes: true,
  end() {
    stopAtExit();
    process.exit(0);
  },
});

/** The processes with an agent. */
export const agentOperations: readonly Operation[] = [
  servingAgent,
  blockedAgent,
  closingAgent,
  endingAgent,
  exitingAgent,
];
