/**
 * One connection to the service socket of an agent: handshake, then keys and drops, each with an answer.
 *
 * A signing key goes straight into locked memory. The public parts of a message go through the same connection, which
 * receives into locked memory whatever arrives, and are copied to ordinary memory.
 */
import type { OperationalCertificate } from '@evolock/cardano-kes';
import { checkOptions, sameBytes } from '@evolock/direct-serialise/arguments';
import { LockedConnection, type AllocationOptions } from '@evolock/direct-serialise-io';
import { InconsistentKeyError, sum6Kes } from '@evolock/kes-sum';
import { ProtocolError } from '../errors.js';
import { checkOwner } from '../sockets/owner.js';
import type { ByteSource } from '../wire/bytes.js';
import { chooseVersion, encodeChoice, readIdentifier, readOffer } from '../wire/handshake.js';
import {
  encodeResult32,
  readKeyTail,
  readMessageHead,
  serviceVersions,
  type KeyTail,
  type Result,
  type ServiceVersion,
} from '../wire/service.js';
import { checkTimeout, Deadline } from './deadline.js';
import { publicType, publicValue } from './public-bytes.js';

/** A signing key of Sum6 in locked memory. */
export type Sum6SigningKey = ReturnType<typeof sum6Kes.directDeserialise>;

/** A key that an agent sent. It is consistent with its certificate; the certificate is not verified. */
export interface ReceivedKey {
  /** At the period `evolution`. */
  readonly signingKey: Sum6SigningKey;
  readonly evolution: number;
  readonly certificate: OperationalCertificate;
  /** Microseconds since 1970; `undefined` in a version without timestamps. */
  readonly timestamp: bigint | undefined;
}

/**
 * What is wrong with a received key. `inconsistent-key`: the bytes contradict themselves. `other-key`: the certificate is for
 * another key. `wrong-evolution`: the key is not at the stated evolution.
 */
export type KeyFault = 'inconsistent-key' | 'other-key' | 'wrong-evolution';

/** The answer to a message. With an error, the session ends with it after the answer. */
export type Verdict = Result | { readonly result: Result; readonly error: Error };

/** What a session does with what it receives. When a handler throws, the session ends with that error. */
export interface SessionHandlers {
  /** The handshake is complete. */
  connected?(version: ServiceVersion): void;
  /**
   * Takes the ownership of a signing key, and judges it. It releases a key that it does not keep. When it throws, the session
   * releases the key.
   */
  receive(key: ReceivedKey): Verdict | Promise<Verdict>;
  /**
   * Judges a drop.
   *
   * @param timestamp - Microseconds since 1970.
   */
  receiveDrop(timestamp: bigint): Verdict | Promise<Verdict>;
  /** A key was wrong in itself. It is released, and the answer is `invalid-certificate`. */
  faulty?(fault: KeyFault): void;
}

/** Options of a session. The allocator gives the memory of the connection and of the keys. */
export interface SessionOptions extends AllocationOptions {
  /** Ends the session on abort. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds for connecting, for the handshake, and for each message from its first byte to its answer, without the time
   * of the handlers; 10,000 when absent. The wait for the first byte of a message has no limit.
   */
  readonly timeout?: number | undefined;
}

/**
 * Connects to a service socket, and receives until the agent ends the connection between two messages.
 *
 * @param path - The socket.
 */
export async function serviceSession(
  path: string,
  handlers: SessionHandlers,
  options?: SessionOptions,
): Promise<void> {
  const { timeout: given, ...rest } = checkOptions(options);
  const timeout = checkTimeout(given);
  checkOwner(path);
  const connection = await LockedConnection.connect({ path }, { ...rest, timeout });
  try {
    await new ServiceSession(connection, handlers, timeout, rest).run();
  } finally {
    await connection.destroy();
  }
}

/** The options that each operation on the connection gets. */
type PassedOptions = Omit<SessionOptions, 'timeout'>;

class ServiceSession {
  readonly #connection: LockedConnection;
  readonly #handlers: SessionHandlers;
  readonly #timeout: number;
  readonly #options: PassedOptions;

  constructor(
    connection: LockedConnection,
    handlers: SessionHandlers,
    timeout: number,
    options: PassedOptions,
  ) {
    this.#connection = connection;
    this.#handlers = handlers;
    this.#timeout = timeout;
    this.#options = options;
  }

  async run(): Promise<void> {
    const version = await this.#inTime((deadline) => this.#handshake(deadline));
    this.#handlers.connected?.(version);
    const { signal } = this.#options;
    while (!(await this.#connection.ended({ signal }))) await this.#serve(version);
  }

  async #handshake(deadline: Deadline): Promise<ServiceVersion> {
    const source = this.#source(deadline);
    const version = chooseVersion(await readOffer(source), serviceVersions);
    await this.#send(encodeChoice(version), deadline);
    if (version === undefined) throw new ProtocolError('no-common-version');
    await readIdentifier(source, version);
    return version;
  }

  /** Receives a message that has begun, and answers it. */
  async #serve(version: ServiceVersion): Promise<void> {
    const verdict = await this.#verdict(
      await this.#inTime((deadline) => this.#message(version, deadline)),
    );
    const { result, error } = typeof verdict === 'string' ? { result: verdict } : verdict;
    await this.#inTime((deadline) => this.#send(encodeResult32(result), deadline));
    if (error !== undefined) throw error;
  }

  async #message(version: ServiceVersion, deadline: Deadline): Promise<Message> {
    const source = this.#source(deadline);
    const head = await readMessageHead(version, source);
    if (head.kind === 'drop') return head;
    const signingKey = await this.#signingKey(deadline);
    try {
      return { signingKey, ...(await readKeyTail(source)), timestamp: head.timestamp };
    } catch (error) {
      signingKey?.release();
      throw error;
    }
  }

  /** `undefined` for a key that contradicts itself. All its bytes were received, so the session can continue. */
  async #signingKey(deadline: Deadline): Promise<Sum6SigningKey | undefined> {
    try {
      return await this.#connection.receive(sum6Kes.signingKeySize, sum6Kes, {
        ...this.#options,
        timeout: deadline.left,
      });
    } catch (error) {
      if (error instanceof InconsistentKeyError) return undefined;
      throw error;
    }
  }

  async #verdict(message: Message): Promise<Verdict> {
    if ('kind' in message) return this.#handlers.receiveDrop(message.timestamp);
    const { signingKey, ...rest } = message;
    if (signingKey === undefined) return this.#faulty('inconsistent-key');
    try {
      const fault = faultOf(signingKey, rest);
      if (fault === undefined) return await this.#handlers.receive({ signingKey, ...rest });
      signingKey.release();
      return this.#faulty(fault);
    } catch (error) {
      signingKey.release();
      throw error;
    }
  }

  #faulty(fault: KeyFault): Verdict {
    this.#handlers.faulty?.(fault);
    return 'invalid-certificate';
  }

  #source(deadline: Deadline): ByteSource {
    return {
      read: (size) =>
        this.#connection.receive(size, publicType(size), {
          ...this.#options,
          timeout: deadline.left,
        }),
    };
  }

  async #send(bytes: Uint8Array, deadline: Deadline): Promise<void> {
    const options = { ...this.#options, timeout: deadline.left };
    await this.#connection.send(bytes.byteLength, publicValue(bytes), options);
  }

  async #inTime<Value>(work: (deadline: Deadline) => Promise<Value>): Promise<Value> {
    const deadline = new Deadline(this.#timeout);
    try {
      return await work(deadline);
    } catch (error) {
      throw deadline.errorOf(error);
    }
  }
}

/** A complete message. A key that contradicts itself is `undefined`. */
type Message =
  | { readonly kind: 'drop'; readonly timestamp: bigint }
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
