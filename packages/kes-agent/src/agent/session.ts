/** One connection of a client of the agent, from the first byte to the close. */
import type { Socket } from 'node:net';
import { EvolockError } from '@evolock/direct-serialise';
import { Deadline } from '../client/deadline.js';
import { Channel } from '../sockets/channel.js';
import type { ByteSource } from '../wire/bytes.js';
import { encodeOffer, readChoice } from '../wire/handshake.js';
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

/**
 * The source of one message: one time limit for all its reads, which begins now.
 *
 * @param channel - The connection.
 * @param timeout - Milliseconds.
 */
export function messageOf(channel: Channel, timeout: number): ByteSource {
  const deadline = new Deadline(timeout);
  return { read: (size) => channel.read(size, { timeout: deadline.left }) };
}

/**
 * Offers versions, the newest first, and reads the choice.
 *
 * @param channel - The connection.
 * @param message - The source of the choice.
 * @param versions - Newest first.
 * @returns `undefined` when the client has none of them, and leaves.
 */
export async function offerVersions<Version extends string>(
  channel: Channel,
  message: ByteSource,
  versions: readonly Version[],
): Promise<Version | undefined> {
  await channel.write(encodeOffer(versions));
  return readChoice(message, versions);
}
