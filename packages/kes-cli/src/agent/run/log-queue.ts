/** The lines of the log on the way to their target, which may stop taking them. */

/** Takes text without blocking the caller. */
export interface Sink {
  /** Takes the next text, after the one before is done: the system has it, or it is lost. */
  write(text: string, done: () => void): void;
  /** Resolves when the target has ended. All text is done before. */
  end(): Promise<void>;
  /** Gives up: the text is done, and the target ends. */
  destroy(): void;
}

/** The most bytes of lines that wait for the target. */
export const MOST_WAITING = 1_048_576;

/** Milliseconds for the last lines, when the log is closed. */
const PATIENCE = 1_000;

/** How many lines were lost, by the name of their event. */
export type LostLines = ReadonlyMap<string, number>;

/**
 * A bounded queue of lines. Lines that do not fit are lost, and counted by the name of their event. When the target has
 * taken all waiting lines, one more line says what was lost.
 */
export class LogQueue {
  readonly #sink: Sink;
  readonly #report: (lost: LostLines) => string;
  #waiting: string[] = [];
  /** Bytes that wait or are being written. */
  #size = 0;
  #isWriting = false;
  #lost = new Map<string, number>();
  #whenEmpty: () => void = () => undefined;

  /** `report` makes the line about lost lines. */
  constructor(sink: Sink, report: (lost: LostLines) => string) {
    this.#sink = sink;
    this.#report = report;
  }

  /**
   * Adds a line, or counts it as lost.
   *
   * @param line - With its end.
   * @param name - The name of its event.
   */
  write(line: string, name: string): void {
    const size = Buffer.byteLength(line);
    if (this.#lost.size === 0 && this.#size + size <= MOST_WAITING) this.#add(line, size);
    else this.#lost.set(name, (this.#lost.get(name) ?? 0) + 1);
    this.#next();
  }

  /** Writes what waits, and ends the target. A target that does not take it in a second loses it. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#sink.destroy(), PATIENCE);
    if (this.#isWriting) await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
    await this.#sink.end();
    clearTimeout(timer);
  }

  #add(line: string, size: number): void {
    this.#waiting.push(line);
    this.#size += size;
  }

  /** Writes everything that waits, if nothing is being written. */
  #next(): void {
    if (this.#isWriting) return;
    if (this.#waiting.length === 0 && this.#lost.size > 0) {
      const line = this.#report(this.#lost);
      this.#lost = new Map();
      this.#add(line, Buffer.byteLength(line));
    }
    if (this.#waiting.length === 0) {
      this.#whenEmpty();
      return;
    }
    const size = this.#size;
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#isWriting = true;
    this.#sink.write(text, () => {
      this.#size -= size;
      this.#isWriting = false;
      this.#next();
    });
  }
}
