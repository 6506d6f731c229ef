/** The entries of a log, whose lines are hashed in messages, many at once. */
import { createHash, type Hash } from 'node:crypto';
import { HASH_SIZE, LEAF_PREFIX, SUBTREE_WIDTH } from '../format/tree.js';
import { impliedNewline, type LeafHashes, type Subtree } from '../verify/sources.js';
import {
  asMessage,
  hashedMessage,
  LINES_OFFSET,
  linesBeforeSubtree,
  type HashedLines,
} from './lines.js';

/** Answers messages, in order. */
export type HashMessages = (
  messages: AsyncGenerator<Uint8Array, void>,
) => AsyncGenerator<HashedLines, void>;

/** A message is sent when it has this many lines: an answer has 36 bytes for each. */
const FULL_LINES = 16_384;

const NEWLINE = 0x0a;

/** The lines of a message. */
interface Sent {
  readonly firstLine: number;
  /** Their bytes in the files, where the last line of a file may have no newline. */
  readonly bytes: number;
}

/** Complete lines of a message: how many, and where they end. */
interface Lines {
  readonly count: number;
  readonly end: number;
}

const NONE: Lines = { count: 0, end: LINES_OFFSET };

/** Puts the lines of files into messages. Each next message uses the memory again. */
class LineMessages {
  readonly #sent: (sent: Sent) => void;
  readonly #message: Buffer;
  #used = LINES_OFFSET;
  /** The number of the first line of the message. */
  #firstLine: number;
  #lines = NONE;
  /** The lines up to the last one at which a subtree ends. */
  #whole = NONE;
  /** A line that is longer than a message. */
  #long: { readonly hash: Hash; bytes: number } | undefined;

  constructor(firstLine: number, messageBytes: number, sent: (sent: Sent) => void) {
    this.#firstLine = firstLine;
    this.#message = Buffer.alloc(LINES_OFFSET + messageBytes);
    this.#sent = sent;
  }

  /** Whether there are bytes after the last line. */
  get isOpen(): boolean {
    return this.#long !== undefined || this.#used > this.#lines.end;
  }

  /** The messages of pieces of files. */
  async *of(pieces: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
    for await (const piece of pieces) {
      yield* this.#add(piece);
      if (piece === impliedNewline && this.#lines.count > 0) yield* this.#take(this.#lines, 1);
    }
    if (this.#lines.count > 0) yield* this.#take(this.#lines);
  }

  *#add(piece: Uint8Array): Generator<Uint8Array, void> {
    for (let at = 0; at < piece.length;) {
      if (this.#long !== undefined) {
        const end = piece.indexOf(NEWLINE, at);
        const part = piece.subarray(at, end < 0 ? undefined : end);
        this.#long.hash.update(part);
        this.#long.bytes += part.length;
        at += part.length;
        if (end < 0) break;
        at += 1;
        yield this.#takeLong(this.#long, piece === impliedNewline ? 0 : 1);
      } else {
        at += this.#fill(piece.subarray(at));
        const isFull = this.#used === this.#message.length || this.#lines.count >= FULL_LINES;
        if (!isFull || piece === impliedNewline) continue;
        if (this.#lines.count === 0) this.#beginLong();
        else yield* this.#take(this.#whole.count > 0 ? this.#whole : this.#lines);
      }
    }
  }

  /** Copies bytes into the message, as many as it has room for, and finds their lines. */
  #fill(bytes: Uint8Array): number {
    const part = bytes.subarray(0, this.#message.length - this.#used);
    this.#message.set(part, this.#used);
    const filled = this.#message.subarray(0, this.#used + part.length);
    let { count, end } = this.#lines;
    for (
      let newline = filled.indexOf(NEWLINE, this.#used);
      newline >= 0;
      newline = filled.indexOf(NEWLINE, end)
    ) {
      count += 1;
      end = newline + 1;
      if ((this.#firstLine + count) % SUBTREE_WIDTH === 0) this.#whole = { count, end };
    }
    this.#lines = { count, end };
    this.#used = filled.length;
    return part.length;
  }

  /** The message of lines. Bytes after them begin the next one. */
  *#take({ count, end }: Lines, impliedBytes = 0): Generator<Uint8Array, void> {
    const size = end - LINES_OFFSET;
    this.#sent({ firstLine: this.#firstLine, bytes: size - impliedBytes });
    yield asMessage(this.#message.subarray(0, end), this.#firstLine, count);
    this.#message.copyWithin(LINES_OFFSET, end, this.#used);
    this.#used -= size;
    this.#firstLine += count;
    this.#lines = { count: this.#lines.count - count, end: this.#lines.end - size };
    this.#whole = NONE;
  }

  #beginLong(): void {
    const begun = this.#message.subarray(LINES_OFFSET, this.#used);
    const hash = createHash('sha256').update(LEAF_PREFIX).update(begun);
    this.#long = { hash, bytes: begun.length };
    this.#used = LINES_OFFSET;
  }

  #takeLong({ hash, bytes }: { readonly hash: Hash; readonly bytes: number }, newline: number) {
    this.#sent({ firstLine: this.#firstLine, bytes: bytes + newline });
    this.#long = undefined;
    this.#firstLine += 1;
    return hashedMessage(hash.digest());
  }
}

/** The entries of a log, as the leaf hashes that are the answers to messages. */
export class AnsweredLeaves implements LeafHashes {
  readonly #messages: LineMessages;
  readonly #answers: AsyncGenerator<HashedLines, void>;
  /** What was sent and not answered. */
  readonly #sent: Sent[] = [];
  #lines: HashedLines & Sent = {
    ...{ leaves: new Uint8Array(), ends: new Uint32Array(), roots: new Uint8Array() },
    ...{ firstLine: 0, bytes: 0 },
  };
  /** The lines of the answer that were taken. */
  #at = 0;
  #bytesBefore = 0;
  #hasEnded = false;
  count = 0;
  isEmpty = false;

  constructor(
    pieces: AsyncGenerator<Uint8Array, void>,
    firstEntry: number,
    messageBytes: number,
    hashMessages: HashMessages,
  ) {
    this.#messages = new LineMessages(firstEntry, messageBytes, (sent) => this.#sent.push(sent));
    this.#answers = hashMessages(this.#messages.of(pieces));
  }

  /** {@inheritDoc LeafHashes.bytes} */
  get bytes(): number {
    const { ends, bytes } = this.#lines;
    return this.#bytesBefore + (this.#at === ends.length ? bytes : this.#endOf(this.#at - 1));
  }

  /** {@inheritDoc LeafHashes.isTorn} */
  get isTorn(): boolean {
    return this.#hasEnded && this.#messages.isOpen;
  }

  /** {@inheritDoc LeafHashes.next} */
  next(): Uint8Array | undefined {
    const at = this.#at;
    if (at === this.#lines.ends.length) return undefined;
    this.isEmpty = this.#endOf(at) - this.#endOf(at - 1) === 1;
    this.#take(1);
    return hashesOf(this.#lines.leaves, at, 1);
  }

  /** {@inheritDoc LeafHashes.later} */
  async later(): Promise<Uint8Array | undefined> {
    const { done = false, value } = await this.#answers.next();
    const sent = this.#sent.shift();
    if (done || value === undefined || sent === undefined) {
      this.#hasEnded = true;
      return undefined;
    }
    this.#bytesBefore += this.#lines.bytes;
    this.#lines = { ...value, ...sent };
    this.#at = 0;
    return this.next();
  }

  /** {@inheritDoc LeafHashes.subtree} */
  subtree(): Subtree | undefined {
    const { firstLine, leaves, roots } = this.#lines;
    const index = (this.#at - linesBeforeSubtree(firstLine)) / SUBTREE_WIDTH;
    if (!Number.isInteger(index) || index < 0 || index * HASH_SIZE >= roots.length)
      return undefined;
    return {
      root: hashesOf(roots, index, 1),
      leaves: hashesOf(leaves, this.#at, SUBTREE_WIDTH),
      take: () => this.#take(SUBTREE_WIDTH),
    };
  }

  /** {@inheritDoc LeafHashes.countRest} */
  async countRest(): Promise<void> {
    do this.#take(this.#lines.ends.length - this.#at);
    while ((await this.later()) !== undefined);
  }

  /** {@inheritDoc LeafHashes.close} */
  async close(): Promise<void> {
    await this.#answers.return();
  }

  #take(lines: number): void {
    this.#at += lines;
    this.count += lines;
  }

  #endOf(line: number): number {
    return this.#lines.ends[line] ?? 0;
  }
}

function hashesOf(bytes: Uint8Array, index: number, count: number): Uint8Array {
  return bytes.subarray(index * HASH_SIZE, (index + count) * HASH_SIZE);
}
