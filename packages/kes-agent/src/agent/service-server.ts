/** The service socket: it hands keys and drops to nodes and to other agents. */
import { once } from 'node:events';
import { directSerialiseToSocket } from '@evolock/direct-serialise-io';
import { AgentProtocolError } from '../errors.js';
import type { Lease } from '../snapshot.js';
import { Exchange, inTime, type Channel } from '../sockets/channel.js';
import { identifier, result32 } from '../wire/codec.js';
import {
  hasDrop,
  keyTail,
  messageHeads,
  serviceVersions,
  type ServiceVersion,
} from '../wire/service.js';
import type { KeyStore } from './key-store.js';
import { offerVersions, type Serving } from './session.js';

/** Serves one client of the service socket: pushes the current key, each later key and each drop, until the client leaves. */
export async function serveKeys(channel: Channel, options: Serving): Promise<void> {
  const { store, timeout } = options;
  const handshake = new Exchange(channel, timeout);
  const version = await offerVersions(handshake, serviceVersions);
  if (version === undefined) return;
  await channel.write(identifier(version).encode(version));
  // Nothing is sent before the first key. A client that connects after a drop may have missed it.
  const isNews = store.key.held() !== undefined || store.key.droppedAt !== undefined;
  let sent = isNews ? -1 : store.revision;
  while (sent !== store.revision || (await nextChange(channel, store))) {
    sent = store.revision;
    await tell(channel, version, options);
  }
}

/** Waits until the key is another one. Returns `false` when the client leaves before. */
async function nextChange(channel: Channel, { changes }: KeyStore): Promise<boolean> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    return await Promise.race([
      once(changes, 'change', { signal }).then(() => true),
      channel.ended(signal).then((hasEnded) => {
        if (hasEnded) return false;
        throw new AgentProtocolError(
          'surplus-bytes',
          'a client of the service socket only answers',
        );
      }),
    ]);
  } finally {
    // Cancel the loser of the race; its rejection is already handled.
    waiting.abort();
  }
}

/** Sends the current key, or the drop, and reads the answer. */
async function tell(channel: Channel, version: ServiceVersion, options: Serving): Promise<void> {
  const { store, note, timeout, served } = options;
  const lease = await store.key.lease(() => channel.destroy());
  if (lease === undefined) {
    const timestamp = store.key.droppedAt;
    if (timestamp === undefined || !hasDrop(version)) return;
    await channel.write(messageHeads[version].encode({ kind: 'drop', timestamp }));
  } else {
    await push(channel, version, lease, options);
  }
  const result = await result32.read(new Exchange(channel, timeout));
  const isTaken = result === 'ok' || result === 'outdated';
  if (isTaken && lease !== undefined) served();
  note(
    isTaken ? 'info' : 'warn',
    'client-answered',
    `a client answered the ${lease === undefined ? 'drop' : 'key'} with ${result}`,
    { result, version },
  );
}

async function push(
  channel: Channel,
  version: ServiceVersion,
  lease: Lease,
  { timeout }: Serving,
): Promise<void> {
  try {
    const { timestamp } = lease;
    await channel.write(messageHeads[version].encode({ kind: 'key', timestamp }));
    await inTime({ timeout }, (limited) =>
      directSerialiseToSocket(channel.socket, lease.bytes, limited),
    );
    await channel.write(keyTail.encode(lease));
  } finally {
    lease.end();
  }
}
