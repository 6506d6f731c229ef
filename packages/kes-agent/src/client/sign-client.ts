/** Signatures by the key of an agent, which does not leave the agent. */
import { absolutePeriod, type AbsolutePeriod } from '@evolock/cardano-headers';
import { nativeHeaders } from '@evolock/cardano-kes';
import { checkBytes, checkOptions, sameBytes } from '@evolock/direct-serialise/arguments';
import { sum6Kes } from '@evolock/kes-sum';
import { StreamError } from '@evolock/direct-serialise-io';
import { AgentGoneError, SignRefusedError, WrongAnswerError, type AnswerFault } from '../errors.js';
import { goneBy, type Channel } from '../sockets/channel.js';
import { choice, identifier, joined } from '../wire/codec.js';
import {
  NO_PERIOD,
  signAnswer,
  signRequest,
  signVersions,
  type AgentSignature,
  type SignAnswer,
  type Signed,
  type SignRequest,
} from '../wire/sign.js';
import { anyOf, chosenVersion, clientOptionNames, Dial, type ClientOptions } from './dial.js';

const { certificateVerdict } = nativeHeaders;

/** Options of {@link SignClient.connect}. */
export interface SignClientOptions extends ClientOptions {
  /** The cold verification key of the pool, 32 bytes: an agent of another pool is refused. Any pool when absent. */
  readonly coldVerificationKey?: Uint8Array | undefined;
}

/** Options of {@link SignClient.sign}. */
export interface SignOptions {
  /** The absolute KES period that the agent must be in; any when absent. */
  readonly period?: AbsolutePeriod | undefined;
}

/**
 * A client of the sign socket of an agent. Each signature is verified before it is returned. After a restart of the agent the
 * next request connects again; `retry` says how often that is tried.
 */
export class SignClient implements AsyncDisposable {
  readonly #dial: Dial;
  readonly #closing = new AbortController();
  readonly #coldVerificationKey: Uint8Array | undefined;
  /** The last connection. An error has destroyed it. */
  #channel: Channel | undefined;
  /** Resolves when no request is waiting for its answer. */
  #idle: Promise<unknown> = Promise.resolve();

  private constructor(path: string, options: SignClientOptions | undefined) {
    const { coldVerificationKey, signal, ...rest } = checkOptions(options, [
      ...clientOptionNames,
      'coldVerificationKey',
    ]);
    this.#coldVerificationKey =
      coldVerificationKey === undefined
        ? undefined
        : copyOf(checkBytes('coldVerificationKey', coldVerificationKey, 32));
    this.#dial = new Dial(path, { ...rest, signal: anyOf(this.#closing.signal, signal) });
  }

  /**
   * Connects to a sign socket.
   *
   * @throws `StreamError` `ERR_EVOLOCK_IO_STREAM`, and what {@link SignClient.sign} throws of a connection.
   */
  static async connect(path: string, options?: SignClientOptions): Promise<SignClient> {
    const client = new SignClient(path, options);
    await client.#connect();
    return client;
  }

  /**
   * Signs a message. Several calls are answered in turn.
   *
   * @param message - Of at most the length that the agent allows; 1 MiB by default.
   * @throws {@link SignRefusedError} `ERR_EVOLOCK_AGENT_SIGN_REFUSED`.
   * @throws {@link AgentGoneError} `ERR_EVOLOCK_AGENT_GONE` when the agent is away, or went away twice before it answered.
   * @throws {@link WrongAnswerError} `ERR_EVOLOCK_AGENT_WRONG_ANSWER`; {@link AgentProtocolError} `ERR_EVOLOCK_AGENT_PROTOCOL`;
   * `IoTimeoutError` `ERR_EVOLOCK_IO_TIMEOUT`; `IoAbortedError` `ERR_EVOLOCK_IO_ABORTED` also after `close`.
   */
  async sign(message: Uint8Array, options?: SignOptions): Promise<AgentSignature> {
    const { period } = checkOptions(options, ['period']);
    const request = {
      message: copyOf(checkBytes('message', message)),
      period: period === undefined ? undefined : absolutePeriod(period),
    };
    const answered = this.#idle.then(() => this.#sign(request));
    this.#idle = answered.catch(() => undefined);
    return answered;
  }

  /** Ends the connection at once. Requests that wait reject. */
  async close(): Promise<void> {
    this.#closing.abort(new StreamError('the client is closed'));
    this.#channel?.destroy();
    await this.#idle;
    await this.#channel?.closed;
  }

  /** Calls `close`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #sign(request: SignRequest): Promise<AgentSignature> {
    const answer = await this.#ask(request);
    if (answer.result !== 'signed')
      throw new SignRefusedError(
        answer.result,
        answer.period === NO_PERIOD ? undefined : answer.period,
      );
    const fault = faultOf(request, answer, this.#coldVerificationKey);
    if (fault !== undefined) {
      this.#channel?.destroy();
      throw new WrongAnswerError(fault);
    }
    const { result: _, ...signature } = answer;
    return signature;
  }

  /** The connection may have ended since the last request. Then the request is made once more, over another one. */
  async #ask(request: SignRequest): Promise<SignAnswer> {
    const kept = this.#channel;
    try {
      if (kept?.socket.destroyed === false) return await this.#answerTo(request, kept);
    } catch (error) {
      if (!(error instanceof AgentGoneError)) throw error;
    }
    try {
      return await this.#answerTo(request, await this.#connect());
    } catch (error) {
      throw goneBy(error);
    }
  }

  async #connect(): Promise<Channel> {
    const channel = await this.#dial.connect();
    this.#channel = channel;
    await this.#dial.exchange(channel).run(async (exchange) => {
      const version = await chosenVersion(exchange, signVersions);
      const repeated = identifier(version).encode(version);
      await exchange.write(joined(choice(signVersions).encode(version), repeated));
    });
    return channel;
  }

  #answerTo(request: SignRequest, channel: Channel): Promise<SignAnswer> {
    return this.#dial.exchange(channel).run((exchange) => {
      // An agent refuses a message that is too long before it reads it. So the answer may come before the end of the write,
      // and the write may fail. Then the read fails too, unless the answer has arrived.
      exchange.write(signRequest(Infinity).encode(request)).catch(() => undefined);
      return signAnswer.read(exchange);
    });
  }
}

/** The caller may change the original. `slice` of a Buffer does not copy. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** What is wrong with an answer; `undefined` for a signature that verifies. */
function faultOf(
  request: SignRequest,
  { signature, period, evolution, certificate, coldVerificationKey }: Signed,
  expected: Uint8Array | undefined,
): AnswerFault | undefined {
  if (expected !== undefined && !sameBytes(expected, coldVerificationKey)) return 'other-pool';
  if (!certificateVerdict(certificate, coldVerificationKey).valid) return 'wrong-certificate';
  if (request.period !== undefined && request.period !== period) return 'wrong-period';
  if (certificate.startPeriod + BigInt(evolution) !== period) return 'wrong-evolution';
  const { hotVerificationKey } = certificate;
  return sum6Kes.verify(hotVerificationKey, evolution, request.message, signature)
    ? undefined
    : 'wrong-signature';
}
