/** Verification on all cores: threads hash lines and verify signatures, and the walk of the library judges. */
import { BytesPool } from '@evolock/kes-verify-pool';
import { decodeBase64 } from '../format/base64.js';
import { readVerifierKey } from '../format/key.js';
import type { KesVerification, LogCryptography } from '../verify/cryptography.js';
import { AnsweredLeaves, type HashMessages } from './leaves.js';
import { hashLines, type HashedLines } from './lines.js';
import { native } from './native.js';
import { nameOf, sealsAfterProof } from './seals.js';
import type { ThreadContext } from './thread.js';

/** Bytes of lines that a thread hashes at a time: some 5 milliseconds. */
const MESSAGE_BYTES = 1 << 20;

/** The cores of a verification. One works in this thread, more work in threads of their own. */
export class Cores implements AsyncDisposable {
  readonly #pool: BytesPool<ThreadContext, unknown> | undefined;
  readonly #proved = new Set<string>();

  readonly #messageBytes: number;

  private constructor(pool: BytesPool<ThreadContext, unknown> | undefined, messageBytes: number) {
    this.#pool = pool;
    this.#messageBytes = messageBytes;
  }

  /**
   * Starts the threads.
   *
   * @param count - How many.
   * @param module - The file that they load.
   * @param messageBytes - Of lines that a thread hashes at a time.
   */
  static async start(count: number, module: URL, messageBytes = MESSAGE_BYTES): Promise<Cores> {
    // A message is a batch.
    const options = { threads: count, batchSize: 1 };
    const pool =
      count === 1 ? undefined : await BytesPool.start<ThreadContext, unknown>(module, options);
    return new Cores(pool, messageBytes);
  }

  /** The functions for the walk. */
  get cryptography(): LogCryptography {
    return {
      sha256: native.sha256,
      kesOfDepth: (depth) => this.#kesOfDepth(depth),
      leavesOf: (pieces, firstEntry) =>
        new AnsweredLeaves(pieces, firstEntry, this.#messageBytes, this.#hashMessages),
    };
  }

  /** The seals of a log, whose signatures are verified before the walk gets them. */
  seals(
    seals: AsyncIterable<Uint8Array>,
    verifierKey: string,
    material: string | undefined,
  ): AsyncIterable<Uint8Array> {
    const pool = this.#pool;
    const key = readVerifierKey(verifierKey);
    if (pool === undefined || key === undefined) return seals;
    const first = material === undefined ? key.material : decodeBase64(material);
    const prove = (messages: AsyncGenerator<Uint8Array, void>) =>
      pool.judgeMany(messages, { sealsOf: key.origin }) as AsyncGenerator<readonly string[], void>;
    return sealsAfterProof(seals, first ?? key.material, prove, this.#proved);
  }

  /** Ends the threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.close();
  }

  readonly #hashMessages: HashMessages = (messages) =>
    this.#pool === undefined
      ? answersOf(messages)
      : (this.#pool.judgeMany(messages, {}) as AsyncGenerator<HashedLines, void>);

  #kesOfDepth(depth: number): KesVerification {
    return {
      verify: (...verification) =>
        (this.#proved.size > 0 && this.#proved.delete(nameOf(depth, verification))) ||
        native.kesOfDepth(depth).verify(...verification),
    };
  }
}

async function* answersOf(
  messages: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<HashedLines, void> {
  for await (const message of messages) yield hashLines(message);
}
