/** One connection of a client of the agent, from the first byte to the close. */
import type { Socket } from 'node:net';
import { EvolockError } from '@evolock/direct-serialise';
import { Channel } from '../sockets/channel.js';
import type { Exchange } from '../sockets/exchange.js';
import { choice, offer } from '../wire/handshake.js';
import { event, reasonOf, type AgentEvent, type Log } from './events.js';

/** Options of a session. */
export interface SessionOptions {
  /** `service`, `control` or `sign`. */
  readonly protocol: string;
  readonly log: Log;
  /** Milliseconds for each message. */
  readonly timeout: number;
  /** Whether the agent itself ends the connection: that is no fault of the client. */
  readonly isClosing: () => boolean;
}

/** Serves one connection and closes it. An error of the client ends this connection only, with one event. */
export async function runSession(
  socket: Socket,
  { protocol, log, timeout, isClosing }: SessionOptions,
  serve: (channel: Channel) => Promise<void>,
): Promise<void> {
  const channel = new Channel(socket, { timeout });
  log(
    event('debug', 'client-connected', `a client of the ${protocol} socket connected`, {
      protocol,
    }),
  );
  let failure: unknown;
  try {
    await serve(channel);
    await channel.close();
  } catch (error) {
    failure = error;
    channel.destroy();
  }
  await channel.closed;
  log(endOf(protocol, isClosing() ? undefined : failure));
}

function endOf(protocol: string, failure: unknown): AgentEvent {
  const client = `a client of the ${protocol} socket`;
  if (failure === undefined) return event('debug', 'client-left', `${client} left`, { protocol });
  return event('warn', 'client-closed', `${client}: ${reasonOf(failure)}`, {
    protocol,
    code: failure instanceof EvolockError ? failure.code : null,
  });
}

/** Offers versions, the newest first. Returns the choice: `undefined` when the client has none of them, and leaves. */
export async function offerVersions<Version extends string>(
  handshake: Exchange,
  versions: readonly Version[],
): Promise<Version | undefined> {
  await handshake.write(offer.encode(versions));
  return choice(versions).read(handshake);
}
