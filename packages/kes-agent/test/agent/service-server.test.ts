import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { KeyStore } from '../../src/agent/key-store.js';
import { serveKeys } from '../../src/agent/service-server.js';
import type { Result } from '../../src/errors.js';
import { Channel } from '../../src/sockets/channel.js';
import { identifier, offer, result32 } from '../../src/wire/codec.js';
import { configuration, pool, TestClock } from '../support/pool.js';
import { socketPair } from '../support/sockets.js';
import { choiceOf } from '../support/wire.js';

const timeout = 600_000;

/** A store, its clients after the handshake, and what is told of each answer. */
async function clientsOf(count: number) {
  const note = () => undefined;
  const clocks = new TestClock(3).clocks;
  const store = new KeyStore(configuration, { ...clocks, note, signBlockHeaders: false });
  onTestFinished(() => store.close());
  const served = vi.fn();
  const told = vi.fn();
  const sessions: Promise<void>[] = [];
  const clients: Channel[] = [];
  while (clients.length < count) {
    const [near, far] = await socketPair();
    sessions.push(serveKeys(new Channel(far, timeout), { store, note: told, timeout, served }));
    const client = new Channel(near, timeout);
    await offer.read(client);
    await client.write(choiceOf('Service:2.0'));
    await identifier('Service:2.0').read(client);
    clients.push(client);
  }
  const install = () => store.install(pool.certify(store.stage(), { start: 3 }));
  /** Reads a message of this size of each client, and answers it. Returns the level of the last answer. */
  const answer = async (size: number, result: Result): Promise<unknown> => {
    for (const client of clients) {
      told.mockClear();
      await client.read(size);
      await client.write(result32.encode(result));
      await vi.waitFor(() => expect(told).toHaveBeenCalledOnce(), { interval: 1 });
    }
    return told.mock.lastCall?.[0];
  };
  const leave = async () => {
    for (const client of clients) await client.close();
    await Promise.all(sessions);
  };
  return { store, served, install, answer, leave };
}

describe('clients of the service socket', () => {
  test('have one listener each, over several keys, which goes with them, without a warning', async () => {
    const warning = vi.spyOn(process, 'emitWarning');
    const { store, install, answer, leave } = await clientsOf(12);
    for (let key = 0; key < 3; key += 1) {
      expect(install()).toBe('ok');
      await answer(733, 'ok');
      await new Promise(setImmediate);
      expect(store.changes.listenerCount('change')).toBe(12);
    }
    await leave();
    expect(store.changes.listenerCount('change')).toBe(0);
    expect(warning).not.toHaveBeenCalled();
  });

  test('are served by a key that they have, also from before, not by one that they refuse, or a drop', async () => {
    const { store, served, install, answer, leave } = await clientsOf(1);
    for (const [result, level, count] of [
      ['ok', 'info', 1],
      ['outdated', 'info', 2],
      ['invalid-certificate', 'warn', 2],
    ] as const) {
      expect(install()).toBe('ok');
      expect(await answer(733, result)).toBe(level);
      expect(served).toHaveBeenCalledTimes(count);
    }
    store.drop();
    expect(await answer(9, 'ok')).toBe('info');
    expect(served).toHaveBeenCalledTimes(2);
    await leave();
  });
});
