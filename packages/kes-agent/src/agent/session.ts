/** One connection of a client of the agent, from the first byte to the close. */
import type { Socket } from 'node:net';
import { EvolockError } from '@evolock/direct-serialise';
import { Channel, type Exchange } from '../sockets/channel.js';
import { choice, offer } from '../wire/codec.js';
import { reasonOf, type Note } from './events.js';
import type { KeyStore } from './key-store.js';

/** What the connections of each socket share. */
export interface Serving {
  readonly store: KeyStore;
  readonly note: Note;
  /** Milliseconds for the handshake and for each message. */
  readonly timeout: number;
  /** Called when the client got what it came for. */
  readonly served: () => void;
}

/** A session of the service, control or sign socket. When the agent itself ends it, that is no fault of the client. */
interface SessionServing extends Pick<Serving, 'note' | 'timeout'> {
  readonly protocol: string;
  readonly isClosing: () => boolean;
}

/** Serves one connection and closes it. An error of the client ends this connection only, with one event. */
export async function runSession(
  socket: Socket,
  { protocol, note, timeout, isClosing }: SessionServing,
  serve: (channel: Channel) => Promise<void>,
): Promise<void> {
  const channel = new Channel(socket, timeout);
  const client = `a client of the ${protocol} socket`;
  note('debug', 'client-connected', `${client} connected`, { protocol });
  let failure: unknown;
  try {
    await serve(channel);
    await channel.close();
  } catch (error) {
    failure = error;
    channel.destroy();
  }
  await channel.closed;
  if (failure === undefined || isClosing()) {
    note('debug', 'client-left', `${client} left`, { protocol });
    return;
  }
  const code = failure instanceof EvolockError ? failure.code : null;
  note('warn', 'client-closed', `${client}: ${reasonOf(failure)}`, { protocol, code });
}

/** Offers versions, the newest first. Returns the choice: `undefined` when the client has none of them, and leaves. */
export async function offerVersions<Version extends string>(
  handshake: Exchange,
  versions: readonly Version[],
): Promise<Version | undefined> {
  await handshake.write(offer.encode(versions));
  return choice(versions).read(handshake);
}
