/** The bytes that a socket has received, read exactly. */
export class Incoming {
  #bytes = Buffer.alloc(0);
  #hasEnded = false;
  #look: () => void = () => undefined;

  /** Adds bytes. */
  add(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    this.#look();
  }

  /** Nothing will be added. */
  end(): void {
    this.#hasEnded = true;
    this.#look();
  }

  /** Waits for exactly this number of bytes. */
  async read(size: number): Promise<Buffer> {
    await this.#until((bytes) => bytes.length >= size);
    return this.#take(size);
  }

  /** Waits until all received bytes end with these. */
  async readTo(last: Uint8Array): Promise<Buffer> {
    await this.#until((bytes) => bytes.subarray(-last.length).equals(last));
    return this.#take(this.#bytes.length);
  }

  #take(size: number): Buffer {
    const taken = this.#bytes.subarray(0, size);
    this.#bytes = this.#bytes.subarray(size);
    return taken;
  }

  async #until(isThere: (bytes: Buffer) => boolean): Promise<void> {
    while (!isThere(this.#bytes)) {
      if (this.#hasEnded) throw new Error('the agent has closed the connection');
      await this.#next();
    }
  }

  #next(): Promise<void> {
    return new Promise((resolve) => (this.#look = resolve));
  }
}
