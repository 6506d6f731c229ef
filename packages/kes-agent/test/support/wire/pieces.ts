import { ClosedEarlyError } from '@evolock/direct-serialise-io';
import type { ByteSource } from '../../../src/wire/bytes.js';

/** A stream that delivers these pieces one by one, and then ends. */
export class Pieces implements ByteSource {
  readonly #pieces: Uint8Array[];
  #held: Buffer = Buffer.alloc(0);
  /** Where the stream is split, for a message. */
  readonly split: string;

  constructor(pieces: readonly Uint8Array[]) {
    this.#pieces = [...pieces];
    this.split = `pieces of ${pieces
      .slice(0, 2)
      .map(({ length }) => length)
      .join(', ')} bytes`;
  }

  /** Refuses a read of no bytes, as a source may. */
  async read(size: number): Promise<Uint8Array> {
    if (size === 0) throw new RangeError('a read of no bytes');
    while (this.#held.length < size) {
      const piece = this.#pieces.shift();
      if (piece === undefined) throw new ClosedEarlyError(size, this.#held.length);
      await Promise.resolve();
      this.#held = Buffer.concat([this.#held, piece]);
    }
    const bytes = new Uint8Array(this.#held.subarray(0, size));
    this.#held = this.#held.subarray(size);
    return bytes;
  }

  /** Bytes that were not read. */
  get left(): number {
    return this.#pieces.reduce((sum, piece) => sum + piece.length, this.#held.length);
  }
}

/** A stream of one piece. */
export function whole(bytes: Uint8Array): Pieces {
  return new Pieces([bytes]);
}

/** The bytes in two pieces, split at each position, and then byte by byte. */
export function* everySplit(bytes: Uint8Array): Generator<Pieces> {
  for (let at = 0; at <= bytes.length; at++)
    yield new Pieces([bytes.subarray(0, at), bytes.subarray(at)]);
  yield new Pieces(Array.from(bytes, (byte) => Uint8Array.of(byte)));
}
