import { randomFillSync } from 'node:crypto';
import { checkInteger, isBytes, wrongType, wrongValue } from '@evolock/direct-serialise/arguments';

/** One byte of the secret, as a number. The package reads needles in no other way. */
export let secretByte: (needle: MaskedNeedle, index: number) => number;

/**
 * A secret to search for, as two random halves: the secret XOR a mask, and the mask. A process with a masked needle does not
 * contain the secret, so a scan of the process does not find it.
 */
export class MaskedNeedle {
  static {
    secretByte = (needle, index) => needle.#masked[index]! ^ needle.#mask[index]!;
  }

  readonly name: string;
  /** Bytes of the secret. */
  readonly length: number;
  readonly #masked: Uint8Array;
  readonly #mask: Uint8Array;

  private constructor(name: string, masked: Uint8Array, mask: Uint8Array) {
    this.name = name;
    this.length = masked.length;
    this.#masked = masked;
    this.#mask = mask;
  }

  /**
   * Masks a secret of 1 to 65,536 bytes and overwrites the given bytes with zeros.
   *
   * The garbage collector may have copied bytes in ordinary memory before. Use {@link MaskedNeedle.random} for a canary,
   * and {@link MaskedNeedle.parse} for a secret of another process.
   */
  static fromBytes(name: string, secret: Uint8Array): MaskedNeedle {
    requireName(name);
    const bytes = checkedBytes('secret', secret);
    const mask = randomFillSync(new Uint8Array(bytes.length));
    const masked = new Uint8Array(bytes.length);
    for (let index = 0; index < bytes.length; index += 1) {
      masked[index] = bytes[index]! ^ mask[index]!;
    }
    bytes.fill(0);
    return new MaskedNeedle(name, masked, mask);
  }

  /**
   * A canary: a random secret of 1 to 65,536 bytes, which no memory contains until {@link MaskedNeedle.unmaskInto} writes
   * it.
   */
  static random(name: string, length: number): MaskedNeedle {
    requireName(name);
    checkInteger('length', length, 1, MAXIMUM_LENGTH);
    return new MaskedNeedle(
      name,
      randomFillSync(new Uint8Array(length)),
      randomFillSync(new Uint8Array(length)),
    );
  }

  /** Parses the text of {@link MaskedNeedle.serialise}. */
  static parse(text: string): MaskedNeedle {
    if (typeof text !== 'string') throw wrongType('text', 'a serialised needle', text);
    const [, ...parts] = SERIALISED.exec(text) ?? [];
    const [name, masked, mask] = parts.map((hex) => Buffer.from(hex, 'hex'));
    if (masked === undefined || masked.length !== mask?.length || masked.length > MAXIMUM_LENGTH)
      throw wrongValue('text', 'name, masked half and mask in hexadecimal', 'other text');
    const label = String(name);
    requireName(label);
    return new MaskedNeedle(label, masked, mask);
  }

  /**
   * Both halves as text, for the environment or the standard input of a child process. The text is secret, since it contains
   * both halves.
   */
  serialise(): string {
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    return [Buffer.from(this.name), this.#masked, this.#mask].map(hex).join('.');
  }

  /** Writes the secret, byte by byte and without another copy, into memory of its length: locked memory, for instance. */
  unmaskInto(target: Uint8Array): void {
    const bytes = checkedBytes('target', target);
    if (bytes.length !== this.#masked.length) {
      throw wrongValue('target', `${this.#masked.length} bytes`, `${bytes.length} bytes`);
    }
    for (let index = 0; index < bytes.length; index += 1) {
      bytes[index] = this.#masked[index]! ^ this.#mask[index]!;
    }
  }
}

const SERIALISED = /^((?:[0-9a-f]{2})+)\.((?:[0-9a-f]{2})+)\.((?:[0-9a-f]{2})+)$/;

/** Bytes of the longest needle. */
const MAXIMUM_LENGTH = 65_536;

function requireName(name: unknown): asserts name is string {
  if (typeof name !== 'string') throw wrongType('name', 'text', name);
  // A report consists of lines that contain names.
  if (name === '' || /\p{Cc}/u.test(name))
    throw wrongValue('name', 'text without control characters', 'other text');
}

/** A plain view of bytes. Shared memory is accepted: a test may plant its secret there. Detached bytes have a length of 0. */
function checkedBytes(argument: string, value: unknown): Uint8Array {
  if (!isBytes(value)) throw wrongType(argument, 'a Uint8Array', value);
  const { buffer, byteOffset, byteLength } = value;
  checkInteger(`the length of ${argument}`, byteLength, 1, MAXIMUM_LENGTH);
  return new Uint8Array(buffer, byteOffset, byteLength);
}
