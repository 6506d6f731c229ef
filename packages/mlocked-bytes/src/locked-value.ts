import { checkFunction, wrongType } from '@evolock/direct-serialise/arguments';
import type { MLockedSlot } from './allocator.js';
import { DuplicatePackageError, MemoryTransferredError, ReleasedError } from './errors.js';
import { unwatch, watch } from './lost.js';
import { wipedAtExit } from './mapping.js';
import {
  customInspect,
  newInstance,
  refuseConversions,
  refuseToBeCloned,
  tagWithState,
} from './opaque.js';
import { claim, isReleased, type OwnSlot } from './own-slot.js';
import { endAbandonedRuns } from './scratch-run.js';
import { checkSlot } from './slot-check.js';
import { version } from './version.js';

/** What two copies of this package know each other by. */
export const copyMark = Symbol.for('@evolock/mlocked-bytes/LockedValue');

let read: (value: LockedValue) => Uint8Array;
let isReleasedValue: (value: LockedValue) => boolean;
/** Whether a value was made by a class, or by one that extends it: its prototype may have been exchanged since. */
let isMadeBy: (value: object, kind: object) => value is LockedValue;

/**
 * The owner of one block of locked memory: the base class of locked bytes, seeds and signing keys of every kind.
 *
 * It wipes its memory on release. Wherever it is printed it shows its type, size and state, never its content.
 * `structuredClone` and `postMessage` refuse it (Node.js 22.10 and later; before, they make an empty object of it).
 * Authors of locked types extend it; `unsoundMemory` of the `unsound` subpath returns the memory of a live value.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { LockedValue, pooledAllocator } from '@evolock/mlocked-bytes';
 *
 * class Counter extends LockedValue {
 *   constructor() {
 *     super(pooledAllocator.allocate(32), 32);
 *   }
 * }
 * const counter = new Counter();
 * assert.equal(String(counter), '[Counter: 32 bytes locked]');
 * counter.release();
 * assert.equal(String(counter), '[Counter: released]');
 * ```
 */
export abstract class LockedValue {
  #slot: OwnSlot | undefined;
  readonly #bytes: Uint8Array;
  readonly #size: number;
  readonly #instance = newInstance();
  /** The class that made it. */
  readonly #kind: typeof LockedValue;

  /**
   * Takes over a slot: from here on this object gives it back. A slot that is refused has been given back, unless it has
   * another owner.
   *
   * @param slot - Locked memory that has no owner.
   * @param size - Bytes that the slot has to have.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when the slot is not locked memory of that size, or
   * has an owner, or was released.
   */
  protected constructor(slot: MLockedSlot, size: number) {
    const checked = checkSlot(slot, size);
    claim(checked);
    this.#kind = new.target;
    this.#slot = checked;
    this.#bytes = checked.unsoundBytes;
    this.#size = size;
    watch(this, checked, size);
    refuseToBeCloned(this);
  }

  static {
    // The getter `released` may be overridden, and an own property may hide it.
    isReleasedValue = (value) =>
      // The allocator may have given the slot back without this object.
      value.#slot === undefined || isReleased(value.#slot) || wipedAtExit();
    read = (value) => {
      if (!(#slot in value)) throw wrongType('value', 'a locked value', value);
      if (isReleasedValue(value)) throw new ReleasedError(value.#kind.name, wipedAtExit());
      const bytes = value.#bytes;
      // `length` costs 4 ns, `byteLength` up to 180 ns: engines inline the first alone.
      if (bytes.length === 0) throw new MemoryTransferredError(value.#kind.name);
      return bytes;
    };
    isMadeBy = (value, kind): value is LockedValue => {
      if (!(#slot in value)) return false;
      let made: object | null = value.#kind;
      while (made !== null && made !== kind) made = Object.getPrototypeOf(made) as object | null;
      return made === kind;
    };
    Object.defineProperty(this.prototype, copyMark, { value: version });
    refuseConversions(this.prototype);
    tagWithState(this.prototype, (value) => (#slot in value ? value.#tag : undefined));
  }

  /** Whether the memory has been wiped: released, or the process is at its end. */
  get released(): boolean {
    return isReleasedValue(this);
  }

  /** Wipes the memory before it returns, and gives it back. May be called again without effect. */
  release(): void {
    const slot = this.#slot;
    if (slot === undefined) return;
    try {
      slot.release();
      endAbandonedRuns();
    } finally {
      // When the stack is exhausted it may not even begin: then this stays alive and watched, to be released again.
      if (isReleased(slot)) {
        unwatch(slot);
        this.#slot = undefined;
      }
    }
  }

  /** The same as `release`, for `using`. */
  [Symbol.dispose](): void {
    this.release();
  }

  /**
   * What a subclass wants said of itself beside type, size and state, while it is alive: public facts only.
   */
  protected describe(): string[] {
    return [];
  }

  /** Type, size, state and public facts; never the content. */
  toString(): string {
    return `[${this.#kind.name}: ${this.#state}]`;
  }

  get #tag(): string {
    return `#${String(this.#instance)}: ${this.#state}`;
  }

  get #state(): string {
    if (isReleasedValue(this)) return 'released';
    return [...this.describe(), `${String(this.#size)} bytes locked`].join(', ');
  }

  /** What `JSON.stringify` shows: type, size and state. */
  toJSON(): string {
    return this.toString();
  }

  /** What `util.inspect` and `console.log` show: type, size and state. */
  [customInspect](): string {
    return this.toString();
  }

  /**
   * Text only: a secret has no number and no order. Its type is not text, which `Buffer.from` would accept.
   *
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` for a number or a comparison.
   */
  [Symbol.toPrimitive](hint: string): unknown {
    if (hint === 'number')
      throw wrongType(this.#kind.name, 'no use as a number or in a comparison', this);
    return this.toString();
  }
}

/**
 * The memory of a live locked value, checked to be alive. The view must not be kept: after the release it shows the
 * memory's next owner. Exported from the `unsound` subpath alone.
 *
 * @param value - A live locked value.
 * @returns Its memory: the whole block.
 * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { MLockedBytes } from '@evolock/mlocked-bytes';
 * import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
 *
 * const bytes = MLockedBytes.newZeroed(32);
 * assert.equal(unsoundMemory(bytes).byteLength, 32);
 * bytes.release();
 * assert.throws(() => unsoundMemory(bytes), { code: 'ERR_EVOLOCK_RELEASED' });
 * ```
 */
export function unsoundMemory(value: LockedValue): Uint8Array {
  if (typeof value !== 'object' || (value as unknown) === null) {
    throw wrongType('value', 'a locked value', value);
  }
  return read(value);
}

/** A class of locked values, whatever its constructor takes and whoever may call it. */
export interface LockedClass<T extends LockedValue> {
  readonly prototype: T;
  [Symbol.hasInstance](value: unknown): boolean;
}

/**
 * Checks that an argument is a locked value of a class of this copy of the package, and alive. The class is the one
 * whose constructor made the value, whatever its prototype is now.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when it is something else.
 * @throws {@link DuplicatePackageError} `ERR_EVOLOCK_DUPLICATE_PACKAGE` when another copy of the package made it.
 * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED` when it was released.
 * @throws {@link MemoryTransferredError} `ERR_EVOLOCK_MEMORY_TRANSFERRED` when a callback transferred its memory.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { checkLocked, MLockedBytes } from '@evolock/mlocked-bytes';
 *
 * assert.throws(() => checkLocked('bytes', {}, MLockedBytes, 'locked bytes'), {
 *   code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
 * });
 * ```
 */
export function checkLocked<T extends LockedValue>(
  argument: string,
  value: unknown,
  kind: LockedClass<T>,
  expected: string,
): T {
  checkFunction('kind', kind);
  if (typeof value === 'object' && value !== null) {
    if (isMadeBy(value, kind)) {
      read(value);
      return value as T;
    }
    const theirs = markOf(value);
    if (typeof theirs === 'string') {
      throw new DuplicatePackageError('@evolock/mlocked-bytes', argument, version, theirs);
    }
  }
  throw wrongType(argument, expected, value);
}

/** The version of the other copy that made a value; `undefined` for our own, for a proxy of ours, and for strangers. */
function markOf(value: object): unknown {
  try {
    return value instanceof LockedValue ? undefined : (value as Record<symbol, unknown>)[copyMark];
  } catch {
    // A proxy that throws is no locked value.
    return undefined;
  }
}
