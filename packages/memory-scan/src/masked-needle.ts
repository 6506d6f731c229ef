import { randomFillSync } from 'node:crypto';
import { checkedBytes, checkedText, requireInteger } from './arguments.js';
import { argumentError } from './error.js';

/**
 * One byte of the secret, as a number: the only way in which this package ever looks at a needle.
 *
 * @internal
 */
export let secretByte: (needle: MaskedNeedle, index: number) => number;

/**
 * Whether the value is a needle of this copy of the package.
 *
 * @internal
 */
export let isMaskedNeedle: (value: unknown) => value is MaskedNeedle;

/**
 * A secret to look for, kept as two halves that are each as good as random: the secret XOR a mask, and the mask.
 *
 * A process that holds a masked needle does not hold the secret, so a scan of it finds nothing.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MaskedNeedle } from '@evolock/memory-scan';
 *
 * const secret = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
 * const needle = MaskedNeedle.fromBytes('password', secret);
 * assert.deepEqual(secret, new Uint8Array(8)); // the caller's copy is gone
 * assert.equal(needle.length, 8);
 * ```
 */
export class MaskedNeedle {
  static {
    secretByte = (needle, index) => needle.#masked[index]! ^ needle.#mask[index]!;
    isMaskedNeedle = (value): value is MaskedNeedle =>
      typeof value === 'object' && value !== null && #masked in value;
  }

  /** How reports call it. */
  readonly name: string;
  /** Bytes of the secret. */
  readonly length: number;
  readonly #masked: Uint8Array;
  readonly #mask: Uint8Array;

  /** Private for the compiler only: who calls it all the same gets what {@link MaskedNeedle.fromMasked} gives. */
  private constructor(name: string, masked: Uint8Array, mask: Uint8Array) {
    requireName(name);
    this.#masked = checkedBytes('the masked secret', masked, MAXIMUM_LENGTH).slice();
    this.#mask = checkedBytes('the mask', mask, MAXIMUM_LENGTH).slice();
    this.name = name;
    this.length = this.#masked.length;
    if (this.#mask.length !== this.length) {
      throw argumentError(
        `a mask is as long as what it masks: ${this.#mask.length} bytes for ${this.length}`,
      );
    }
    // A scan goes by these two; they stay what they were checked to be.
    Object.freeze(this);
  }

  /**
   * Masks a secret and zeroes the bytes that were given.
   *
   * Bytes that have been in ordinary memory may have been copied by the garbage collector before: for a canary use
   * {@link MaskedNeedle.random}, and for a secret that another process made up {@link MaskedNeedle.fromMasked}.
   *
   * @param name - How reports call it.
   * @param secret - At least one byte; zeroed.
   * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` when the name or the bytes are not such.
   *
   * @example
   * ```ts
   * import { MaskedNeedle } from '@evolock/memory-scan';
   *
   * const needle = MaskedNeedle.fromBytes('password', Buffer.from('correct horse battery staple'));
   * console.log(needle.name, needle.length);
   * ```
   */
  static fromBytes(name: string, secret: Uint8Array): MaskedNeedle {
    requireName(name);
    const bytes = checkedBytes('the secret', secret, MAXIMUM_LENGTH);
    const mask = randomFillSync(new Uint8Array(bytes.length));
    const masked = new Uint8Array(bytes.length);
    for (let index = 0; index < bytes.length; index += 1) {
      masked[index] = bytes[index]! ^ mask[index]!;
    }
    bytes.fill(0);
    return new MaskedNeedle(name, masked, mask);
  }

  /**
   * A needle from its two halves, which another process sent; both are copied.
   *
   * @param name - How reports call it.
   * @param masked - The secret XOR the mask.
   * @param mask - Of the same length.
   * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` when the name or the halves are not such.
   *
   * @example
   * ```ts
   * import { randomBytes } from 'node:crypto';
   * import { MaskedNeedle } from '@evolock/memory-scan';
   *
   * const needle = MaskedNeedle.fromMasked('seed', randomBytes(32), randomBytes(32));
   * console.log(needle.length);
   * ```
   */
  static fromMasked(name: string, masked: Uint8Array, mask: Uint8Array): MaskedNeedle {
    return new MaskedNeedle(name, masked, mask);
  }

  /**
   * A canary: a random secret that nobody has ever held in the clear, to be planted with
   * {@link MaskedNeedle.unmaskInto}.
   *
   * @param name - How reports call it.
   * @param length - Bytes, at least one.
   * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` when the name or the length is not such.
   *
   * @example
   * ```ts
   * import { MaskedNeedle } from '@evolock/memory-scan';
   *
   * const canary = MaskedNeedle.random('canary', 32);
   * console.log(canary.length);
   * ```
   */
  static random(name: string, length: number): MaskedNeedle {
    requireName(name);
    requireInteger('the length', length, 1, MAXIMUM_LENGTH);
    return new MaskedNeedle(
      name,
      randomFillSync(new Uint8Array(length)),
      randomFillSync(new Uint8Array(length)),
    );
  }

  /**
   * Reads what {@link MaskedNeedle.serialise} wrote.
   *
   * @param text - From an environment variable, an argument or a pipe.
   * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` on any other text.
   *
   * @example
   * ```ts
   * import assert from 'node:assert/strict';
   * import { MaskedNeedle } from '@evolock/memory-scan';
   *
   * const needle = MaskedNeedle.random('canary', 32);
   * assert.equal(MaskedNeedle.parse(needle.serialise()).name, 'canary');
   * ```
   */
  static parse(text: string): MaskedNeedle {
    const [, name, masked, mask] = SERIALISED.exec(checkedText('a serialised needle', text)) ?? [];
    if (name === undefined || masked === undefined || mask === undefined) {
      throw argumentError('a serialised needle is its name, masked half and mask in hexadecimal');
    }
    const bytes = (hex: string) => Buffer.from(hex, 'hex');
    return MaskedNeedle.fromMasked(bytes(name).toString(), bytes(masked), bytes(mask));
  }

  /**
   * Both halves as text, for a child process's environment or standard input.
   *
   * The text is as secret as the needle: whoever has it can put the halves together.
   *
   * @example
   * ```ts
   * import { MaskedNeedle } from '@evolock/memory-scan';
   *
   * const environment = { ...process.env, NEEDLE: MaskedNeedle.random('canary', 32).serialise() };
   * console.log(Object.keys(environment).includes('NEEDLE'));
   * ```
   */
  serialise(): string {
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    return [Buffer.from(this.name), this.#masked, this.#mask].map(hex).join('.');
  }

  /**
   * Writes the secret into the target, byte by byte, so that no copy stands anywhere else.
   *
   * @param target - Exactly as long as the secret; for a test of locked memory, memory that is locked.
   * @throws MemoryScanError with code `ERR_MEMORY_SCAN_ARGUMENT` when the target is not such.
   *
   * @example
   * ```ts
   * import { MaskedNeedle } from '@evolock/memory-scan';
   *
   * const canary = MaskedNeedle.random('canary', 32);
   * const memory = new Uint8Array(32); // or memory that a library under test has locked
   * canary.unmaskInto(memory);
   * ```
   */
  unmaskInto(target: Uint8Array): void {
    const bytes = checkedBytes('the target', target, MAXIMUM_LENGTH);
    if (bytes.length !== this.#masked.length) {
      throw argumentError(
        `the target has ${bytes.length} bytes, the secret ${this.#masked.length}`,
      );
    }
    for (let index = 0; index < bytes.length; index += 1) {
      bytes[index] = this.#masked[index]! ^ this.#mask[index]!;
    }
  }
}

const SERIALISED = /^((?:[0-9a-f]{2})+)\.((?:[0-9a-f]{2})+)\.((?:[0-9a-f]{2})+)$/;

/** Longest needle, bytes. */
const MAXIMUM_LENGTH = 65_536;

function requireName(name: unknown): asserts name is string {
  // A report is lines, and a name stands in one of them.
  if (typeof name !== 'string' || name === '' || /\p{Cc}/u.test(name)) {
    throw argumentError('the name of a needle must be text without control characters');
  }
}
