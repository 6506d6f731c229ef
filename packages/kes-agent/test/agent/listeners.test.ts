/** The listeners of a service socket: one for each client that waits, and none for those that left. */
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { KeyStore } from '../../src/agent/key-store.js';
import { serveKeys } from '../../src/agent/service-server.js';
import { runSession } from '../../src/agent/session.js';
import type { Channel } from '../../src/sockets/channel.js';
import { listen } from '../../src/sockets/listener.js';
import { u32 } from '../../src/wire/bytes.js';
import { encodeChoice, readIdentifier, readOffer } from '../../src/wire/handshake.js';
import { pool } from '../support/agent-key.js';
import { connected } from '../support/clients/plain-client.js';
import { network, TestClock } from '../support/pool.js';
import { folder } from '../support/sockets.js';

const CLIENTS = 20;

test('they do not become more with the keys, and go with the clients', async () => {
  const path = join(folder(), 'a', 'service');
  const sessions: Promise<void>[] = [];
  const answers = new EventEmitter();
  const options = {
    log: () => void answers.emit('event'),
    timeout: 600_000,
    isClosing: () => false,
  };
  const store = new KeyStore(
    { coldVerificationKey: pool.coldVerificationKey, parameters: network },
    { ...new TestClock(3).clocks, log: () => undefined, signBlockHeaders: false },
  );
  onTestFinished(() => store.close());
  const listener = await listen(path, {
    maxClients: CLIENTS,
    onConnection: (socket, { served }) =>
      sessions.push(
        runSession(socket, { ...options, protocol: 'service', log: () => undefined }, (channel) =>
          serveKeys(channel, { ...options, store, served }),
        ),
      ),
  });
  onTestFinished(() => listener.close());

  const clients: Channel[] = [];
  for (let index = 0; index < CLIENTS; index++) clients.push(await connected(path));
  for (const client of clients) {
    await readOffer(client);
    await client.write(encodeChoice('Service:2.0'));
    await readIdentifier(client, 'Service:2.0');
  }
  for (let counter = 0; counter < 5; counter++) {
    expect(store.install(pool.certify(store.stage(), { counter, start: 3 }))).toBe('ok');
    for (const client of clients) {
      await client.read(733);
      const answered = once(answers, 'event');
      await client.write(u32(0));
      await answered;
    }
    await new Promise(setImmediate);
    expect(store.changes.listenerCount('change')).toBe(CLIENTS);
  }
  for (const client of clients) await client.close();
  await Promise.all(sessions);
  expect(store.changes.listenerCount('change')).toBe(0);
});
