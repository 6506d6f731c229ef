/** The first bytes of an input, up to a limit, in one buffer that grows. */
export class Beginning {
  readonly #most: number;
  #memory = Buffer.alloc(256);
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** The number of bytes. */
  get size(): number {
    return this.#size;
  }

  /** Whether the limit is reached. */
  get isFull(): boolean {
    return this.#size === this.#most;
  }

  /** The bytes, until the next call of a method. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#size);
  }

  /** Copies as many bytes as the limit allows, and returns their number. */
  add(part: Buffer): number {
    const end = Math.min(this.#size + part.byteLength, this.#most);
    if (end > this.#memory.byteLength) {
      const larger = Buffer.alloc(Math.min(Math.max(end, 2 * this.#memory.byteLength), this.#most));
      this.#memory.copy(larger, 0, 0, this.#size);
      this.#memory = larger;
    }
    part.copy(this.#memory, this.#size, 0, end - this.#size);
    const taken = end - this.#size;
    this.#size = end;
    return taken;
  }

  /** Returns a copy of the bytes, and starts again. */
  take(): Buffer {
    const bytes = Buffer.from(this.#memory.subarray(0, this.#size));
    this.#size = 0;
    return bytes;
  }
}
