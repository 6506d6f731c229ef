/**
 * One connection to the service socket of an agent: handshake, then keys and drops, each with an answer. A signing key goes
 * straight into locked memory.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { LockedConnection, type AllocationOptions } from '@evolock/direct-serialise-io';
import { sum6Kes } from '@evolock/kes-sum';
import { InconsistentKeyError } from '@evolock/kes-sum/all';
import type { Result } from '../errors.js';
import type { OfferedKey, Sum6SigningKey } from '../held-key.js';
import { Exchange, goneBy, inTime, publicBytesOf } from '../sockets/channel.js';
import { checkOwner } from '../sockets/owner.js';
import { choice, identifier, result32 } from '../wire/codec.js';
import {
  keyTail,
  messageHeads,
  serviceVersions,
  type KeyTail,
  type ServiceVersion,
} from '../wire/service.js';
import { chosenVersion } from './dial.js';

/**
 * What is wrong with a received key. `inconsistent-key`: the bytes contradict themselves. `other-key`: the certificate is for
 * another key. `wrong-evolution`: the key is not at the stated evolution.
 */
export type KeyFault = 'inconsistent-key' | 'other-key' | 'wrong-evolution';

/** The answer to a message. With an error, the session ends with it after the answer. */
export type Verdict = Result | { readonly result: Result; readonly error: Error };

/** What a session does with what it receives. When a handler throws, the session ends with that error. */
interface SessionHandlers {
  /** The handshake is complete. */
  connected(version: ServiceVersion): void;
  /**
   * Takes the ownership of a signing key, and judges it. It releases a key that it does not keep. When it throws, the session
   * releases the key.
   */
  receive(key: OfferedKey): Verdict;
  /** Judges a drop, in microseconds since 1970. */
  receiveDrop(timestamp: bigint): Verdict;
  /** A key was wrong in itself. It is released, and the answer is `invalid-certificate`. */
  faulty(fault: KeyFault): void;
}

/** Options of a session. The allocator gives the memory of the connection and of the keys. */
export interface SessionOptions extends AllocationOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds for connecting, for the handshake, and for each message from its first byte to its answer, without the time
   * of the handlers. The wait for the first byte of a message has no limit.
   */
  readonly timeout: number;
}

/** Connects to a service socket, and receives until the agent ends the connection between two messages. */
export async function serviceSession(
  path: string,
  handlers: SessionHandlers,
  options: SessionOptions,
): Promise<void> {
  checkOwner(path);
  const connection = await inTime(options, (limited) =>
    LockedConnection.connect({ path }, limited),
  );
  const { timeout, ...rest } = options;
  const begin = (): Exchange => new Exchange(publicBytesOf(connection), timeout, rest);
  try {
    const version = await begin().run(async (exchange) => {
      const chosen = await chosenVersion(exchange, serviceVersions);
      await exchange.write(choice(serviceVersions).encode(chosen));
      return identifier(chosen).read(exchange);
    });
    handlers.connected(version);
    while (!(await connection.ended({ signal: options.signal }))) {
      const message = await begin().run((exchange) => receive(connection, version, exchange));
      const verdict = verdictOn(message, handlers);
      const { result, error } = typeof verdict === 'string' ? { result: verdict } : verdict;
      await begin().run((exchange) => exchange.write(result32.encode(result)));
      if (error !== undefined) throw error;
    }
  } catch (error) {
    throw goneBy(error);
  } finally {
    await connection.close();
  }
}

/** Receives a message that has begun. */
async function receive(
  connection: LockedConnection,
  version: ServiceVersion,
  exchange: Exchange,
): Promise<Message> {
  const { kind, timestamp } = await messageHeads[version].read(exchange);
  if (kind === 'drop') return { timestamp };
  const signingKey = await receiveKey(connection, exchange);
  try {
    return { signingKey, ...(await keyTail.read(exchange)), timestamp };
  } catch (error) {
    signingKey?.release();
    throw error;
  }
}

/** `undefined` for a key that contradicts itself. All its bytes were received, so the session can continue. */
async function receiveKey(
  connection: LockedConnection,
  { limits }: Exchange,
): Promise<Sum6SigningKey | undefined> {
  try {
    return await inTime(limits, (limited) => connection.receive(sum6Kes, limited));
  } catch (error) {
    if (error instanceof InconsistentKeyError) return undefined;
    throw error;
  }
}

function verdictOn(message: Message, handlers: SessionHandlers): Verdict {
  if (!('certificate' in message)) return handlers.receiveDrop(message.timestamp);
  const { signingKey, ...rest } = message;
  try {
    const fault = signingKey === undefined ? 'inconsistent-key' : faultOf(signingKey, rest);
    if (signingKey !== undefined && fault === undefined)
      return handlers.receive({ signingKey, ...rest });
    signingKey?.release();
    handlers.faulty(fault ?? 'inconsistent-key');
    return 'invalid-certificate';
  } catch (error) {
    signingKey?.release();
    throw error;
  }
}

/** A complete message. A key that contradicts itself is `undefined`. */
type Message =
  | { readonly timestamp: bigint }
  | (KeyTail & {
      readonly signingKey: Sum6SigningKey | undefined;
      readonly timestamp: bigint | undefined;
    });

function faultOf(
  signingKey: Sum6SigningKey,
  { evolution, certificate }: KeyTail,
): KeyFault | undefined {
  const verificationKey = signingKey.deriveVerificationKey();
  if (!sameBytes(verificationKey, certificate.hotVerificationKey)) return 'other-key';
  return signingKey.period === evolution ? undefined : 'wrong-evolution';
}
