/** The owner of a slot; views and copies of secrets that nothing protects. */
// The default export: a bundler makes a named import of a member of a namespace, which an older Node.js refuses.
import threads from 'node:worker_threads';
import { wrongType } from '@evolock/direct-serialise/arguments';
import { type DirectSerialise, directSerialiseBufChecked } from '@evolock/direct-serialise';
import type { MLockedSlot } from '../allocators/allocator.js';
import { DuplicatePackageError, ReleasedError } from '../errors.js';
import { processEnd } from '../kernel/mapping.js';
import { unwatch, watch } from './lost.js';

declare const PACKAGE_VERSION: string;

// eslint-disable-next-line n/no-unsupported-features/node-builtins -- absent before Node.js 22.10, and then not called
const { markAsUncloneable } = threads as {
  /** From Node.js 22.10 on; absent in earlier versions and in other runtimes. */
  readonly markAsUncloneable?: (value: object) => void;
};

/**
 * Makes `structuredClone` and `postMessage` throw `DataCloneError` for an object that owns a secret. Before Node.js 22.10
 * they make an empty object of it. For authors of locked types: a `LockedValue` is marked.
 */
export function refuseClones(owner: object): void {
  markAsUncloneable?.(owner);
}

/** By this property two copies of this package recognise each other's values. Its value is the version of the package. */
const copyMark = Symbol.for('@evolock/mlocked-bytes/LockedValue');

/**
 * The method that `util.inspect` and `console.log` call. The symbol is declared here, so that the types of this package
 * need no types of Node.js.
 */
const customInspect: unique symbol = Symbol.for('nodejs.util.inspect.custom');

let memoryOf: (value: LockedValue) => Uint8Array;

/**
 * The owner of one block of locked memory: the base class of locked bytes, seeds and signing keys.
 *
 * It wipes its memory on release, and every use after that throws `ERR_EVOLOCK_RELEASED`. When printed it shows its type,
 * size and state, never its content. `structuredClone` and `postMessage` throw `DataCloneError`; before Node.js 22.10 they make
 * an empty object of it. Authors of locked types extend it; `unsoundMemory` of the `unsound` subpath returns the memory of a live value.
 */
export abstract class LockedValue {
  readonly #slot: MLockedSlot;
  readonly #memory: Uint8Array;

  /** Takes over a slot, and gives it back when it is released. */
  protected constructor(slot: MLockedSlot) {
    this.#slot = slot;
    this.#memory = slot.unsoundBytes;
    refuseClones(this);
    watch(this, slot, this.#memory.length);
  }

  static {
    memoryOf = (value) => {
      if (value.#slot.released || processEnd.reached)
        throw new ReleasedError(value.constructor.name, processEnd.reached);
      return value.#memory;
    };
    Object.defineProperty(this.prototype, copyMark, { value: PACKAGE_VERSION });
  }

  /** Whether the memory has been wiped: by a release, or because the process ends. */
  get released(): boolean {
    return this.#slot.released || processEnd.reached;
  }

  /** Wipes the memory before it returns, and gives it back. A second call does nothing. */
  release(): void {
    const slot = this.#slot;
    if (slot.released) return;
    slot.release();
    unwatch(slot);
  }

  /** Releases the value, for `using`. */
  [Symbol.dispose](): void {
    this.release();
  }

  /** Public facts that a live value of a subclass shows beside type, size and state. */
  protected describe(): string[] {
    return [];
  }

  /** Type, size, state and public facts; never the content. */
  toString(): string {
    const facts = this.released
      ? ['released']
      : [...this.describe(), `${String(this.#memory.length)} bytes locked`];
    return `[${this.constructor.name}: ${facts.join(', ')}]`;
  }

  /** What `JSON.stringify` shows: type, size and state. */
  toJSON(): string {
    return this.toString();
  }

  /** What `util.inspect` and `console.log` show: type, size and state. */
  [customInspect](): string {
    return this.toString();
  }
}

/**
 * The memory of a live locked value: the whole block. The caller must not keep the view: after the release it shows the next
 * owner.
 */
export function unsoundMemory(value: LockedValue): Uint8Array {
  return memoryOf(value);
}

/** A class of locked values, whatever its constructor takes. */
export interface LockedClass<T extends LockedValue> {
  readonly prototype: T;
  /** Whether a value is of this class: `instanceof`. */
  [Symbol.hasInstance](value: unknown): boolean;
}

/**
 * Checks that an argument is a live locked value of a class of this copy of the package. For authors of locked types.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when it is something else.
 * @throws {@link DuplicatePackageError} `ERR_EVOLOCK_DUPLICATE_PACKAGE` when another copy of the package made it.
 */
export function checkLocked<T extends LockedValue>(
  argument: string,
  value: unknown,
  kind: LockedClass<T>,
  expected: string,
): T {
  if (value instanceof kind) {
    memoryOf(value as T);
    return value as T;
  }
  const theirs = (value as Record<symbol, unknown> | null | undefined)?.[copyMark];
  if (typeof theirs === 'string' && !(value instanceof LockedValue))
    throw new DuplicatePackageError('@evolock/mlocked-bytes', argument, PACKAGE_VERSION, theirs);
  throw wrongType(argument, expected, value);
}

/**
 * **Copies a secret into ordinary memory**, where the garbage collector may copy it again and nothing wipes it. The caller
 * zeroes it. For tests and for tools that have no other way. Everything else moves secrets with DirectSerialise.
 *
 * @param value - Locked bytes, a seed, a signing key.
 * @param size - Bytes of its serialised form.
 */
export function unsoundRaw(value: DirectSerialise, size: number): Uint8Array {
  const raw = new Uint8Array(size);
  directSerialiseBufChecked(raw, value);
  return raw;
}

/**
 * Pins buffer, offset and length of a view as own properties, for views that are hashed again and again: native code asks
 * the engine for each of them, which takes half as long as a hash of 32 bytes. Only for memory that no other code can reach
 * and that lives as long as the view. If the memory were detached, native code would write to its old address, and the
 * process would end.
 */
export function placedView(view: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = view;
  return Object.defineProperties(view, {
    buffer: { value: buffer },
    byteOffset: { value: byteOffset },
    byteLength: { value: byteLength },
  });
}
