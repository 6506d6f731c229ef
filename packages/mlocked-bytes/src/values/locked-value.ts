/** The owner of a slot. */
import { wrongType } from '@evolock/direct-serialise/arguments';
import type { MLockedSlot } from '../allocators/allocator.js';
import { claim, isReleased, liveBytes, type OwnSlot } from '../allocators/slot.js';
import { DuplicatePackageError, MemoryTransferredError, ReleasedError } from '../errors.js';
import { processEnd } from '../kernel/mapping.js';
import { unwatch, watch } from './lost.js';
import {
  customInspect,
  newInstance,
  refuseConversions,
  refuseToBeCloned,
  tagWithState,
} from './opaque.js';
import { endAbandonedRuns } from './scratch-run.js';

declare const PACKAGE_VERSION: string;

/** Version of this package, set at build time. Two copies of the package in one process report it of each other. */
export const version = PACKAGE_VERSION;

/** The property by which two copies of this package recognise each other's values. Its value is the version. */
export const copyMark = Symbol.for('@evolock/mlocked-bytes/LockedValue');

let read: (value: LockedValue) => Uint8Array;
let isReleasedValue: (value: LockedValue) => boolean;
/** Whether a value was made by a class, or by a class that extends it. Its prototype may have been replaced since. */
let isMadeBy: (value: object, kind: object) => value is LockedValue;

/**
 * The owner of one block of locked memory: the base class of locked bytes, seeds and signing keys.
 *
 * It wipes its memory on release. When printed it shows its type, size and state, never its content. `structuredClone` and
 * `postMessage` refuse it (Node.js 22.10 and later; earlier versions make an empty object of it). Authors of locked types
 * extend it; `unsoundMemory` of the `unsound` subpath returns the memory of a live value.
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
 * ```
 */
export abstract class LockedValue {
  #slot: OwnSlot | undefined;
  readonly #size: number;
  /** The number in its tag, given when that is first read. */
  #instance: number | undefined;
  /** The class that made it. */
  readonly #kind: typeof LockedValue;

  /**
   * Takes over a slot, and gives it back when it is released. A slot that is refused has been given back, unless it has
   * another owner.
   *
   * @param slot - Locked memory without an owner.
   * @param size - Bytes of the slot.
   * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when the slot is not locked memory of that size, has an owner,
   * or was released.
   */
  protected constructor(slot: MLockedSlot, size: number) {
    const own = claim(slot, size);
    this.#kind = new.target;
    this.#slot = own;
    this.#size = size;
    watch(this, own, size);
    refuseToBeCloned?.(this);
  }

  static {
    // A subclass may override the getter `released`, and an own property may hide it.
    isReleasedValue = (value) =>
      // The allocator may have given the slot back without this object.
      value.#slot === undefined || isReleased(value.#slot) || processEnd.reached;
    read = (value) => {
      if (!(#slot in value)) throw wrongType('value', 'a locked value', value);
      const slot = value.#slot;
      const bytes = slot === undefined || processEnd.reached ? undefined : liveBytes(slot);
      if (bytes === undefined) throw new ReleasedError(value.#kind.name, processEnd.reached);
      // `length` costs 4 ns, `byteLength` up to 180 ns: engines inline only the first.
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

  /** Whether the memory has been wiped: by a release, or because the process ends. */
  get released(): boolean {
    return isReleasedValue(this);
  }

  /** Wipes the memory before it returns, and gives it back. A second call does nothing. */
  release(): void {
    const slot = this.#slot;
    if (slot === undefined) return;
    try {
      slot.release();
      endAbandonedRuns();
    } finally {
      // When the stack is exhausted the call may fail before the wipe: then this stays alive, to be released again.
      if (isReleased(slot)) {
        unwatch(slot);
        this.#slot = undefined;
      }
    }
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
    return `[${this.#kind.name}: ${this.#state}]`;
  }

  get #tag(): string {
    this.#instance ??= newInstance();
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
   * Text only: a secret has no number and no order. The declared type is not `string`, which `Buffer.from` would accept.
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
 * The memory of a live locked value. The caller must not keep the view: after the release it shows the next owner.
 *
 * @param value - A live locked value.
 * @returns Its memory: the whole block.
 * @throws {@link ReleasedError} `ERR_EVOLOCK_RELEASED`.
 *
 * @internal
 */
export function unsoundMemory(value: LockedValue): Uint8Array {
  if (typeof value !== 'object' || (value as unknown) === null) {
    throw wrongType('value', 'a locked value', value);
  }
  return read(value);
}

/** A class of locked values, whatever its constructor takes. */
export interface LockedClass<T extends LockedValue> {
  readonly prototype: T;
  /** Whether a value is of this class: `instanceof`. */
  [Symbol.hasInstance](value: unknown): boolean;
}

/**
 * Checks that an argument is a live locked value of a class of this copy of the package: of the class whose constructor made
 * it, whatever its prototype is now. For authors of locked types.
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
  if (typeof kind !== 'function') throw wrongType('kind', 'a class', kind);
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

/** The version of the other copy of this package that made a value; `undefined` for every other value. */
function markOf(value: object): unknown {
  try {
    return value instanceof LockedValue ? undefined : (value as Record<symbol, unknown>)[copyMark];
  } catch {
    // This is a proxy that throws.
    return undefined;
  }
}
