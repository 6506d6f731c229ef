/** The entries of a log, whose lines are hashed many at once, on other threads. */
import { createHash, type Hash } from 'node:crypto';
import { HASH_SIZE, LEAF_PREFIX, SUBTREE_WIDTH } from '../format/tree.js';
import {
  areSpaces,
  impliedNewline,
  nextFile,
  type EntryPlace,
  type LeafHashes,
  type Subtree,
} from '../reading/sources.js';
import { LINES_OFFSET, linesBeforeSubtree, type LineSlot, MOST_LINES } from './lines.js';

const NEWLINE = 0x0a;

/** A slot with lines that are to be hashed. */
export interface SlotLines {
  readonly slot: LineSlot;
  readonly firstLine: number;
  /** The number of lines; 0 when the one line was hashed before. */
  readonly count: number;
}

/** Hashes lines, in order: an answer for each slot. */
export type HashSlots = (lines: AsyncGenerator<SlotLines, void>) => AsyncGenerator<unknown, void>;

/** CompleteLines that were sent, and their bytes in the files, where the last line of a file may have no newline. */
type SentLines = SlotLines & {
  readonly lines: number;
  readonly bytes: number;
  /** Whether the one line that was hashed before is blank. */
  readonly isBlank: boolean;
};

/** Complete lines of a slot: how many, and where they end. */
interface CompleteLines {
  readonly count: number;
  readonly end: number;
}

const NONE: CompleteLines = { count: 0, end: LINES_OFFSET };

/** A line that is longer than a slot, as far as it was read. */
interface LongLine {
  readonly hash: Hash;
  bytes: number;
  isBlank: boolean;
}

/** Puts the lines of files into slots. */
class SlotFiller {
  readonly #sent: (sent: SentLines) => void;
  readonly #newSlot: () => LineSlot;
  #slot: LineSlot;
  #used = LINES_OFFSET;
  /** The number of the first line of the slot. */
  #firstLine: number;
  #lines = NONE;
  /** The lines up to the last one at which a subtree ends. */
  #whole = NONE;
  /** A line that is longer than a slot. */
  #long: LongLine | undefined;

  constructor(firstLine: number, newSlot: () => LineSlot, sent: (sent: SentLines) => void) {
    this.#firstLine = firstLine;
    this.#newSlot = newSlot;
    this.#slot = newSlot();
    this.#sent = sent;
  }

  /** The files after the first: the numbers of their first lines, and the bytes before them. */
  readonly fileStarts: { readonly line: number; readonly bytes: number }[] = [];
  #bytes = 0;

  /** Whether there are bytes after the last line. */
  get isOpen(): boolean {
    return this.#long !== undefined || this.#used > this.#lines.end;
  }

  /** The slots with the lines of pieces of files. */
  async *of(pieces: AsyncGenerator<Uint8Array, void>): AsyncGenerator<SlotLines, void> {
    for await (const piece of pieces) {
      yield* this.#add(piece);
      if (piece === impliedNewline && this.#lines.count > 0) yield this.#take(this.#lines, 1);
      if (piece !== impliedNewline) this.#bytes += piece.length;
      if (piece === nextFile)
        this.fileStarts.push({ line: this.#firstLine + this.#lines.count, bytes: this.#bytes });
    }
    if (this.#lines.count > 0) yield this.#take(this.#lines);
  }

  *#add(piece: Uint8Array): Generator<SlotLines, void> {
    for (let at = 0; at < piece.length;) {
      if (this.#long !== undefined) {
        const end = piece.indexOf(NEWLINE, at);
        const part = piece.subarray(at, end < 0 ? undefined : end);
        this.#long.hash.update(part);
        this.#long.bytes += part.length;
        this.#long.isBlank &&= areSpaces(part);
        at += part.length;
        if (end < 0) break;
        at += 1;
        yield this.#takeLong(this.#long, piece === impliedNewline ? 0 : 1);
      } else {
        at += this.#fill(piece.subarray(at));
        if (!this.#isFull || piece === impliedNewline) continue;
        if (this.#lines.count === 0) this.#beginLong();
        else yield this.#take(this.#whole.count > 0 ? this.#whole : this.#lines);
      }
    }
  }

  get #isFull(): boolean {
    return this.#used === this.#slot.text.length || this.#lines.count === MOST_LINES;
  }

  /** Copies bytes into the slot, as many as it has room for, and finds their lines. */
  #fill(bytes: Uint8Array): number {
    const { text } = this.#slot;
    const from = this.#used;
    const part = bytes.subarray(0, text.length - from);
    text.set(part, from);
    const filled = text.subarray(0, from + part.length);
    let { count, end } = this.#lines;
    let whole = NONE.count;
    let wholeEnd = NONE.end;
    let newline = filled.indexOf(NEWLINE, from);
    while (newline >= 0 && count < MOST_LINES) {
      count += 1;
      end = newline + 1;
      if ((this.#firstLine + count) % SUBTREE_WIDTH === 0) {
        whole = count;
        wholeEnd = end;
      }
      newline = filled.indexOf(NEWLINE, end);
    }
    this.#lines = { count, end };
    if (whole > 0) this.#whole = { count: whole, end: wholeEnd };
    // Bytes of one line too many are copied again.
    this.#used = count === MOST_LINES ? end : filled.length;
    return this.#used - from;
  }

  /** Sends lines. Bytes after them begin the next slot. */
  #take({ count, end }: CompleteLines, impliedBytes = 0): SlotLines {
    const slot = this.#slot;
    const firstLine = this.#firstLine;
    const next = this.#newSlot();
    const size = end - LINES_OFFSET;
    next.text.set(slot.text.subarray(end, this.#used), LINES_OFFSET);
    this.#slot = next;
    this.#used -= size;
    this.#firstLine += count;
    this.#lines = { count: this.#lines.count - count, end: this.#lines.end - size };
    this.#whole = NONE;
    const bytes = size - impliedBytes;
    const sent = { slot, firstLine, count, lines: count, bytes, isBlank: false };
    this.#sent(sent);
    return sent;
  }

  #beginLong(): void {
    const begun = this.#slot.text.subarray(LINES_OFFSET, this.#used);
    const hash = createHash('sha256').update(LEAF_PREFIX).update(begun);
    this.#long = { hash, bytes: begun.length, isBlank: areSpaces(begun) };
    this.#used = LINES_OFFSET;
  }

  #takeLong({ hash, bytes, isBlank }: LongLine, newline: number): SlotLines {
    const slot = this.#slot;
    const firstLine = this.#firstLine;
    slot.leaves.set(hash.digest());
    slot.ends[0] = 0;
    this.#long = undefined;
    this.#slot = this.#newSlot();
    this.#firstLine += 1;
    const sent = { slot, firstLine, count: 0, lines: 1, bytes: bytes + newline, isBlank };
    this.#sent(sent);
    return sent;
  }
}

/** The entries of a log, as leaf hashes that others compute. */
export class SlotLeaves implements LeafHashes {
  readonly #filler: SlotFiller;
  readonly #firstEntry: number;
  readonly #answers: AsyncGenerator<unknown, void>;
  /** Slots that are not in use. */
  readonly #free: LineSlot[];
  /** What was sent and not answered. */
  readonly #sent: SentLines[] = [];
  /** What was answered last. */
  #present: SentLines | undefined;
  /** Its lines that were taken. */
  #at = 0;
  /** The hash of the last one. */
  readonly #leaf = new Uint8Array(HASH_SIZE);
  #bytesBefore = 0;
  #hasEnded = false;
  count = 0;

  constructor(
    pieces: AsyncGenerator<Uint8Array, void>,
    firstEntry: number,
    free: LineSlot[],
    hashSlots: HashSlots,
  ) {
    this.#free = free;
    const newSlot = (): LineSlot => {
      const slot = free.pop();
      if (slot === undefined) throw new TypeError('there is a slot for each batch');
      return slot;
    };
    this.#firstEntry = firstEntry;
    this.#filler = new SlotFiller(firstEntry, newSlot, (sent) => this.#sent.push(sent));
    this.#answers = hashSlots(this.#filler.of(pieces));
  }

  /** {@inheritDoc LeafHashes.place} */
  get place(): EntryPlace | undefined {
    if (this.#present === undefined || this.#at === 0) return undefined;
    const { lines, bytes, slot } = this.#present;
    const end = this.#bytesBefore + (this.#at === lines ? bytes : this.#endOf(this.#at - 1));
    const next = this.#firstEntry + this.count;
    const begun = this.#filler.fileStarts.filter(({ line }) => line < next);
    // A slice of a `Buffer` would be a view, and the memory is used again.
    const leaf = Uint8Array.from(
      slot.leaves.subarray((this.#at - 1) * HASH_SIZE, this.#at * HASH_SIZE),
    );
    return { file: begun.length, bytes: end - (begun.at(-1)?.bytes ?? 0), leaf };
  }

  /** {@inheritDoc LeafHashes.isBlank} */
  get isBlank(): boolean {
    if (this.#present === undefined) return false;
    const { count, slot, isBlank } = this.#present;
    if (count === 0) return isBlank;
    const start = LINES_OFFSET + this.#endOf(this.#at - 2);
    const end = LINES_OFFSET + this.#endOf(this.#at - 1) - 1;
    return areSpaces(slot.text.subarray(start, end));
  }

  /** {@inheritDoc LeafHashes.isTorn} */
  get isTorn(): boolean {
    return this.#hasEnded && this.#filler.isOpen;
  }

  /** {@inheritDoc LeafHashes.fileEnds} */
  get fileEnds(): readonly number[] {
    return this.#filler.fileStarts.map(({ line }) => line - this.#firstEntry);
  }

  /** {@inheritDoc LeafHashes.next} */
  next(): Uint8Array | undefined {
    const present = this.#present;
    const at = this.#at;
    if (present === undefined || at === present.lines) return undefined;
    this.#take(1);
    // A view would be garbage.
    const from = at * HASH_SIZE;
    for (let index = 0; index < HASH_SIZE; index += 1)
      this.#leaf[index] = present.slot.leaves[from + index] ?? 0;
    return this.#leaf;
  }

  /** {@inheritDoc LeafHashes.more} */
  async more(): Promise<boolean> {
    if (this.#present !== undefined) {
      this.#bytesBefore += this.#present.bytes;
      this.#free.push(this.#present.slot);
    }
    this.#at = 0;
    this.#present = undefined;
    const { done = false } = await this.#answers.next();
    if (done) this.#hasEnded = true;
    else this.#present = this.#sent.shift();
    return !done;
  }

  /** {@inheritDoc LeafHashes.subtree} */
  subtree(): Subtree | undefined {
    if (this.#present === undefined) return undefined;
    const { firstLine, lines, slot } = this.#present;
    const index = (this.#at - linesBeforeSubtree(firstLine)) / SUBTREE_WIDTH;
    const isWhole = Number.isInteger(index) && index >= 0 && this.#at + SUBTREE_WIDTH <= lines;
    if (!isWhole) return undefined;
    return {
      roots: slot.roots,
      root: index * HASH_SIZE,
      leaves: slot.leaves,
      from: this.#at * HASH_SIZE,
    };
  }

  /** {@inheritDoc LeafHashes.takeSubtree} */
  takeSubtree(): void {
    this.#take(SUBTREE_WIDTH);
  }

  /** {@inheritDoc LeafHashes.countRest} */
  async countRest(): Promise<void> {
    do this.#take((this.#present?.lines ?? 0) - this.#at);
    while (await this.more());
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
    return line < 0 ? 0 : (this.#present?.slot.ends[line] ?? 0);
  }
}
