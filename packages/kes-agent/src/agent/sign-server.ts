/** The sign socket: signatures for programs that get no key. */
import { AgentProtocolError, type SignRefusal } from '../errors.js';
import { Exchange, type Channel } from '../sockets/channel.js';
import { identifier } from '../wire/codec.js';
import { NO_PERIOD, signAnswer, signRequest, signVersions, type SignAnswer } from '../wire/sign.js';
import type { Note } from './events.js';
import { offerVersions, type Serving } from './session.js';

/** What the connections of the sign socket share. */
export interface SignatureServing extends Serving {
  /** The longest message, in bytes. */
  readonly messageSize: number;
  /** Of all connections together. */
  readonly allowance: Allowance;
}

/** Serves one client of the sign socket: requests and answers in turn, until the client leaves. */
export async function serveSignatures(channel: Channel, options: SignatureServing): Promise<void> {
  const handshake = new Exchange(channel, options.timeout);
  const version = await offerVersions(handshake, signVersions);
  if (version === undefined) return;
  await identifier(version).read(handshake);
  while (!(await channel.ended())) {
    const answer = await answerTo(channel, options);
    // One of a row of refusals by the allowance is a warning.
    const isRepeated = answer.result === 'too-many' && !options.allowance.isNewlyExceeded;
    if (answer.result !== 'signed') noteRefusal(answer, options.note, isRepeated);
    await channel.write(signAnswer.encode(answer));
    options.served();
    if (answer.result === 'too-long' || answer.result === 'malformed') return;
  }
}

async function answerTo(
  channel: Channel,
  { store, allowance, messageSize, timeout }: SignatureServing,
): Promise<SignAnswer> {
  const refused = (result: SignRefusal): SignAnswer => {
    return { result, period: store.key.period() ?? NO_PERIOD };
  };
  try {
    const request = await signRequest(messageSize).read(new Exchange(channel, timeout));
    return allowance.take() ? store.sign(request) : refused('too-many');
  } catch (error) {
    if (!(error instanceof AgentProtocolError)) throw error;
    return refused(error.problem === 'too-long' ? 'too-long' : 'malformed');
  }
}

function noteRefusal({ result, period }: SignAnswer, note: Note, isRepeated: boolean): void {
  note(
    isRepeated ? 'debug' : 'warn',
    'sign-refused',
    `a request of the sign socket is refused: ${result}`,
    {
      result,
      period: String(period),
    },
  );
}

/** At most so many requests within any second. */
export class Allowance {
  readonly #perSecond: number;
  readonly #monotonic: () => number;
  /** When the requests of the last second came, the earliest first. */
  readonly #times: number[] = [];
  #refusals = 0;

  /** Takes milliseconds of a clock that is never set. */
  constructor(perSecond: number, monotonic: () => number) {
    this.#perSecond = perSecond;
    this.#monotonic = monotonic;
  }

  /** Whether the last request is the first of a row of refusals. */
  get isNewlyExceeded(): boolean {
    return this.#refusals === 1;
  }

  /** Whether one more request is within the limit. */
  take(): boolean {
    const now = this.#monotonic();
    const [earliest = now] = this.#times;
    if (this.#times.length === this.#perSecond) {
      this.#refusals += 1;
      if (now - earliest < 1_000) return false;
      this.#times.shift();
    }
    this.#refusals = 0;
    this.#times.push(now);
    return true;
  }
}
