import { once } from 'node:events';
import { directSerialiseToSocket } from '@evolock/direct-serialise-io';
import { sum6Kes } from '@evolock/kes-sum';
import { ProtocolError } from '../errors.js';
import type { Channel } from '../sockets/channel.js';
import { encodeIdentifier } from '../wire/handshake.js';
import {
  encodeDrop,
  encodeKeyHead,
  encodeKeyTail,
  hasDrop,
  readResult32,
  serviceVersions,
  type ServiceVersion,
} from '../wire/service.js';
import { event, type Log } from './events.js';
import type { KeyStore } from './key-store.js';
import { messageOf, offerVersions } from './session.js';
import type { Lease } from './snapshot.js';

/** What the connections of the service socket share. */
export interface ServiceOptions {
  readonly store: KeyStore;
  readonly log: Log;
  /** Milliseconds for each message. */
  readonly timeout: number;
  /** Called when the client has the current key. */
  readonly served: () => void;
}

/**
 * Serves one client of the service socket: pushes the current key, each later key and each drop, until the client leaves.
 */
export async function serveKeys(channel: Channel, options: ServiceOptions): Promise<void> {
  const { store, timeout } = options;
  const version = await offerVersions(channel, messageOf(channel, timeout), serviceVersions);
  if (version === undefined) return;
  await channel.write(encodeIdentifier(version));
  // Before the first key there is nothing to tell. A client that connects after a drop may have missed it.
  const isNews = store.current() !== undefined || store.droppedAt !== undefined;
  let sent = isNews ? -1 : store.revision;
  while (sent !== store.revision || (await nextChange(channel, store))) {
    sent = store.revision;
    await tell(channel, version, options);
  }
}

/**
 * Waits until the key is another one.
 *
 * @returns `false` when the client leaves before.
 */
async function nextChange(channel: Channel, { changes }: KeyStore): Promise<boolean> {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    return await Promise.race([
      once(changes, 'change', { signal }).then(() => true),
      channel.ended({ signal }).then((hasEnded) => {
        if (hasEnded) return false;
        throw new ProtocolError('surplus-bytes', 'a client of the service socket only answers');
      }),
    ]);
  } finally {
    // The one that did not come is given up; its rejection was handled by the race.
    waiting.abort();
  }
}

/** Sends the current key, or the drop, and reads the answer. */
async function tell(
  channel: Channel,
  version: ServiceVersion,
  options: ServiceOptions,
): Promise<void> {
  const { store, log, timeout, served } = options;
  const lease = await store.lease(() => channel.destroy());
  if (lease === undefined) {
    const { droppedAt } = store;
    if (droppedAt === undefined || !hasDrop(version)) return;
    await channel.write(encodeDrop(droppedAt));
  } else {
    await push(channel, version, lease, options);
  }
  const result = await readResult32(messageOf(channel, timeout));
  const isTaken = result === 'ok' || result === 'outdated';
  if (isTaken && lease !== undefined) served();
  log(
    event(
      isTaken ? 'info' : 'warn',
      'client-answered',
      `a client answered the ${lease === undefined ? 'drop' : 'key'} with ${result}`,
      { result, version },
    ),
  );
}

async function push(
  channel: Channel,
  version: ServiceVersion,
  lease: Lease,
  { timeout }: ServiceOptions,
): Promise<void> {
  try {
    await channel.write(encodeKeyHead(version, lease.timestamp));
    await directSerialiseToSocket(channel.socket, sum6Kes.signingKeySize, lease.bytes, { timeout });
    await channel.write(encodeKeyTail(lease.evolution, lease.certificate));
  } finally {
    lease.end();
  }
}
