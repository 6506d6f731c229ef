/**
 * Reads CBOR (RFC 8949, section 3) whose shape was checked: numbers, byte strings, null, and arrays of these. The build
 * puts it in the place of the decoder of cbor-x, which would take a fifth of the package and reads much that no header
 * contains.
 */
type Decoded = bigint | Uint8Array | null | readonly Decoded[];

const UNSIGNED = 0;
const BYTES = 2;
const ARRAY = 4;
const INDEFINITE = 31;
const BREAK = 0xff;

/** A decoder with the name and the method of that of cbor-x. */
export class Decoder {
  /** The value of one item, whose heads were checked. Its byte strings are views of the item. */
  decode(item: Uint8Array): Decoded {
    return new Reader(item).next();
  }
}

class Reader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  next(): Decoded {
    const first = this.#view.getUint8(this.#at);
    this.#at += 1;
    const information = first & 0x1f;
    switch (first >> 5) {
      case UNSIGNED:
        return this.#argument(information);
      case BYTES:
        return this.#string(Number(this.#argument(information)));
      case ARRAY:
        return information === INDEFINITE ? this.#untilBreak() : this.#items(information);
      default:
        return null;
    }
  }

  /** The number in a head, or after it in 1, 2, 4 or 8 bytes. */
  #argument(information: number): bigint {
    if (information < 24) return BigInt(information);
    let value = 0n;
    for (let rest = 1 << (information - 24); rest > 0; rest -= 1) {
      value = (value << 8n) | BigInt(this.#view.getUint8(this.#at));
      this.#at += 1;
    }
    return value;
  }

  #string(size: number): Uint8Array {
    const start = this.#at;
    this.#at += size;
    return this.#bytes.subarray(start, this.#at);
  }

  #items(information: number): Decoded[] {
    return Array.from({ length: Number(this.#argument(information)) }, () => this.next());
  }

  #untilBreak(): Decoded[] {
    const items: Decoded[] = [];
    while (this.#view.getUint8(this.#at) !== BREAK) items.push(this.next());
    this.#at += 1;
    return items;
  }
}
