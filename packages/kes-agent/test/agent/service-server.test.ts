/** The clients of a service socket: a listener for each that waits, and none for those that left; who was served. */
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { noteTo, type AgentEvent } from '../../src/agent/events.js';
import { KeyStore } from '../../src/agent/key-store.js';
import { serveKeys } from '../../src/agent/service-server.js';
import { runSession } from '../../src/agent/session.js';
import type { Result } from '../../src/errors.js';
import type { Channel } from '../../src/sockets/channel.js';
import { listen } from '../../src/sockets/listener.js';
import { result32 } from '../../src/wire/codec.js';
import { receiving } from '../support/clients.js';
import { configuration, pool, TestClock } from '../support/pool.js';
import { folder } from '../support/sockets.js';

const CLIENTS = 20;
/** Bytes of the messages of Service:2.0. */
const KEY_MESSAGE = 733;
const DROP_MESSAGE = 9;

/** Clients of a store after the handshake, and how often one of them was served. */
async function clientsOf(count: number) {
  const path = join(folder(), 'a', 'service');
  const sessions: Promise<void>[] = [];
  const answers = new EventEmitter();
  let served = 0;
  const options = {
    note: noteTo((event) => void answers.emit('event', event)),
    timeout: 600_000,
    isClosing: () => false,
    served: () => void (served += 1),
  };
  const store = new KeyStore(configuration, {
    ...new TestClock(3).clocks,
    note: () => undefined,
    signBlockHeaders: false,
  });
  onTestFinished(() => store.close());
  const listener = await listen(path, {
    maxClients: count,
    onFull: () => undefined,
    onWarning: () => undefined,
    onConnection: ({ socket }) =>
      sessions.push(
        runSession(socket, { ...options, protocol: 'service', note: () => undefined }, (channel) =>
          serveKeys(channel, { ...options, store }),
        ),
      ),
  });
  onTestFinished(() => listener.close());
  const clients: Channel[] = [];
  while (clients.length < count) clients.push(await receiving(path));
  return {
    store,
    clients,
    sessions,
    served: () => served,
    /** Reads a message of a client, and answers it. Returns the level of the line about the answer. */
    async answer(client: Channel, size: number, result: Result): Promise<string> {
      await client.read(size);
      const answered = once(answers, 'event') as Promise<[AgentEvent]>;
      await client.write(result32.encode(result));
      const [{ level }] = await answered;
      return level;
    },
  };
}

test('they do not become more with the keys, and go with the clients', async () => {
  const { store, clients, sessions, answer } = await clientsOf(CLIENTS);
  for (let counter = 0; counter < 5; counter++) {
    expect(store.install(pool.certify(store.stage(), { counter, start: 3 }))).toBe('ok');
    for (const client of clients) await answer(client, KEY_MESSAGE, 'ok');
    await new Promise(setImmediate);
    expect(store.changes.listenerCount('change')).toBe(CLIENTS);
  }
  for (const client of clients) await client.close();
  await Promise.all(sessions);
  expect(store.changes.listenerCount('change')).toBe(0);
});

test('a client is served when it has the key, also from before, and not by a drop or a refusal', async () => {
  const { store, clients, served, answer } = await clientsOf(1);
  const [client] = clients as [Channel];
  for (const [result, level, count] of [
    ['ok', 'info', 1],
    ['outdated', 'info', 2],
    ['invalid-certificate', 'warn', 2],
  ] as const) {
    expect(store.install(pool.certify(store.stage(), { counter: 0, start: 3 }))).toBe('ok');
    expect(await answer(client, KEY_MESSAGE, result)).toBe(level);
    expect(served()).toBe(count);
  }
  store.drop();
  expect(await answer(client, DROP_MESSAGE, 'ok')).toBe('info');
  expect(served()).toBe(2);
});
