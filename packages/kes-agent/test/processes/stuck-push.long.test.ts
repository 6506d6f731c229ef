/** A node that answers and does not read: the buffers of the kernel are full, and a push of the key does not end. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readSync, writeSync } from 'node:fs';
import { connect, type Server, type Socket } from 'node:net';
import { sum6Kes } from '@evolock/kes-sum';
import { directDeserialiseBufChecked } from '@evolock/kes-sum/all';
import { expect, onTestFinished, test } from 'vitest';
import { offer, result32 } from '../../src/wire/codec.js';
import { messageHeads, serviceVersions, type ServiceVersion } from '../../src/wire/service.js';
import { startAgent } from '../support/agents.js';
import { expectServes, info, installNew } from '../support/clients.js';
import { choiceOf, Pieces } from '../support/wire.js';

const START = 4;
const HEAD = 9;
const KEY = 608;
const TAIL = 116;
const IDENTIFIER = 32;

// A push is three writes, or two without a head. So many of them fit.
test.each<[ServiceVersion, string, number]>([
  ['Service:2.0', 'head', 0],
  ['Service:2.0', 'key', 1],
  ['Service:2.0', 'tail', 2],
  ['Service:1.0', 'tail', 1],
])(
  'a push of %s that is stuck at its %s when the key evolves is closed, and no client gets a torn key',
  async (version, _part, fitting) => {
    // Only the patience of the agent ends the push.
    const agent = await startAgent({ period: START, limits: { timeout: 600 } });
    await installNew(agent.control, { start: START });
    const { client, server } = await connectionTo(agent.service);
    client.write(choiceOf(version));
    client.write(result32.encode('ok'));
    await agent.events.next('client-answered', { result: 'ok' });
    const head = version === 'Service:2.0' ? HEAD : 0;
    take(client, offer.encode(serviceVersions).length + IDENTIFIER + head + KEY + TAIL);

    // The kernel takes a write while its buffer is not full, whatever the size. Each byte that is taken makes room for one.
    let filling = 0;
    while (isWritten(server)) filling += 1;
    take(client, fitting);

    // This push does not end. Its snapshot stays until the key evolves.
    await installNew(agent.control, { start: START, counter: 1 });
    agent.clock.setPeriod(START + 1);
    expect((await info(agent.control)).installed?.evolution).toBe(1);
    // This client waits until the stuck one is closed.
    await expectServes(agent.paths, START + 1, { evolution: 1, counter: 1 });
    await agent.events.next('client-closed', { protocol: 'service' });

    const parts: Buffer[] = [];
    client.on('data', (part: Buffer) => parts.push(part)).resume();
    await once(client, 'close');
    const source = new Pieces(Buffer.concat(parts).subarray(filling - fitting));
    const sizes = [head, KEY, TAIL].filter((size) => size > 0).slice(0, fitting);
    expect(source.left).toBe(sizes.reduce((sum, size) => sum + size, 0));
    if (source.left < KEY) return;
    expect((await messageHeads[version].read(source)).kind).toBe('key');
    using key = directDeserialiseBufChecked(await source.read(KEY), sum6Kes);
    expect(key.period).toBe(0);
  },
);

/** A client that does not read, and the end of the agent. */
async function connectionTo(path: string) {
  const accepted = new Promise<Socket>((resolve) => {
    const note = (message: unknown): void => {
      const { socket } = message as { readonly socket: Socket & { readonly server: Server } };
      if (socket.server.address() === path) resolve(socket);
    };
    subscribe('net.server.socket', note);
    onTestFinished(() => void unsubscribe('net.server.socket', note));
  });
  const client = connect(path).pause();
  onTestFinished(() => void client.destroy());
  await once(client, 'connect');
  return { client, server: await accepted };
}

/** The handle is no public interface; only its descriptor shows what the kernel takes. */
function descriptorOf(socket: Socket): number {
  return (socket as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;
}

/** Takes bytes that the client has received. */
function take(client: Socket, size: number): void {
  for (let left = size; left > 0;) left -= readSync(descriptorOf(client), new Uint8Array(left));
}

function isWritten(socket: Socket): boolean {
  try {
    return writeSync(descriptorOf(socket), new Uint8Array(1)) === 1;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
    throw error;
  }
}
