/**
 * Scratch memory: locked memory in which operations compute, wiped when an operation ends and kept for the next one.
 *
 * An operation wipes it in a `finally`. Two kinds of end skip that. A time limit of `node:vm`, its `breakOnSigint` and
 * Ctrl-C in the REPL remove the call from the stack and run no `finally`. And when the stack is exhausted, a call in a
 * `finally` may throw `RangeError`. So a mark stands while scratch memory is in use. The next use that finds the mark wipes
 * the memory and the rest of the stack first. `releaseAll` and the end of the process wipe them too.
 *
 * A use that is still in progress may be what left the mark: it called the application, and the application started another
 * operation. That operation takes the memory, and the one in progress finds that out ({@link Scratch.check}) and throws. So
 * an algorithm never stays busy.
 */
import { mappingAllocator, type MLockedSlot, SCRATCH_ALIGNMENT } from '../allocators/allocator.js';
import { uninterrupted, type NativeCall } from '../kernel/uninterrupted.js';

/** How scratch memory is wiped. */
export interface ScratchOptions {
  /** Bytes. */
  readonly size: number;
  /**
   * Copies of zeros that overwrite the registers after copies, in reverse order. The last one made, which is the first of the
   * list, is as large as any.
   */
  readonly copies: readonly [NativeCall, ...NativeCall[]];
  /** Calls over zeros that overwrite the registers after other calls, in reverse order. They are made before the copies. */
  readonly settle: readonly NativeCall[];
  /** Bytes of the stack that {@link Scratch.run} uses, and that are overwritten. */
  readonly stack: number;
  /** The error of an operation whose scratch memory was taken from within. */
  readonly taken?: () => Error;
}

/** Native calls, ready to be made by {@link Scratch.run}. */
export interface PreparedCalls {
  /** In reverse order, after the calls that overwrite the registers. */
  readonly calls: readonly NativeCall[];
}

/** Releases the memory of scratch memory that was collected. */
const collected = new FinalizationRegistry<MLockedSlot>((slot) => {
  slot.release();
});

/** Bytes of the stack that one argument of a call takes. */
const WORD = 8;

/** Scratch memory with parts. */
export class Scratch {
  readonly #memory: Uint8Array;
  readonly #copies: readonly NativeCall[];
  readonly #settle: readonly NativeCall[];
  readonly #afterCopy: readonly NativeCall[];
  readonly #stack: readonly number[];
  readonly #taken: () => Error;
  #cut = 0;
  #uses = 0;
  /** The number of the use in progress; 0 when there is none. */
  #current = 0;
  /** Whether calls were made since the last wipe. */
  #ran = false;
  /** Whether the last calls ran to their end, which overwrites the registers. */
  #settled = true;

  /** Reserves the memory: a mapping of its own, which is given back when this object is collected. */
  constructor({ size, copies, settle, stack, taken }: ScratchOptions) {
    // A slot and no locked value: `releaseAll` wipes the memory, which stays in use.
    const slot = mappingAllocator.allocate(size, SCRATCH_ALIGNMENT);
    collected.register(this, slot);
    this.#memory = slot.unsoundBytes;
    this.#copies = copies;
    this.#settle = [...copies, ...settle];
    this.#afterCopy = copies.slice(0, 1);
    this.#stack = new Array<number>(stack / WORD).fill(0);
    this.#taken = taken ?? (() => new Error('scratch memory was used from within its use'));
  }

  /** Takes the next bytes of the memory as a part. */
  part(size: number): Uint8Array {
    return this.#memory.subarray(this.#cut, (this.#cut += size));
  }

  /**
   * Runs an operation on the memory, which is wiped when the operation ends. `work` gets the number of this use. It calls
   * {@link check} with it after it has called the application or a leaf scheme, before it uses the memory or commits a
   * result.
   */
  use<Result>(work: (use: number) => Result): Result {
    if (this.#current !== 0) this.#wipeAbandoned();
    const use = (this.#uses += 1);
    this.#current = use;
    try {
      const result = work(use);
      this.check(use);
      return result;
    } finally {
      // Also when an operation from within took the memory and has ended: the callback that started it may have gone on to
      // write. A higher number is the mark of an abandoned one.
      if (this.#current <= use) {
        this.#wipe();
        this.#current = 0;
      }
    }
  }

  /** Throws when another operation has taken the memory since. */
  check(use: number): void {
    if (this.#current !== use) throw this.#taken();
  }

  /** Prepares calls, which are given in order. */
  prepare(calls: readonly NativeCall[]): PreparedCalls {
    return { calls: [...this.#settle, ...[...calls].reverse()] };
  }

  /** Prepares calls that only copy, which are given in order. */
  prepareCopies(calls: readonly NativeCall[]): PreparedCalls {
    return { calls: [...this.#copies, ...[...calls].reverse()] };
  }

  /** Makes calls without JavaScript between them, then overwrites the registers. Only within {@link use}. */
  run({ calls }: PreparedCalls): void {
    this.#ran = true;
    this.#settled = false;
    uninterrupted(calls);
    this.#settled = true;
  }

  /** `fill(0)` costs a third of `sodium_memzero`, and engines never remove it. */
  #wipe(): void {
    this.#memory.fill(0);
    uninterrupted(this.#settled ? this.#afterCopy : this.#settle);
    this.#settled = true;
    if (this.#ran) overwriteStack(this.#stack);
    this.#ran = false;
  }

  #wipeAbandoned(): void {
    this.#settled = false;
    this.#wipe();
    overwriteRestOfStack();
  }
}

/** A built-in function, which a compiler cannot inline: its arguments are always on the stack. */
const nothing = Function.prototype as unknown as () => void;

/** Overwrites the stack below the caller with zeros, which are the arguments of a call that does nothing. */
function overwriteStack(words: readonly number[]): void {
  Reflect.apply(nothing, undefined, words);
}

/** Words of the stack that one call overwrites. The engine has a limit of 65,534 arguments. */
const BLOCKS = [60_000, 8_192, 1_024, 128];

/**
 * Overwrites the stack below the caller, to the limit of the engine: the depth at which an operation was abandoned is
 * unknown. `first` is the index of the largest block that may fit.
 */
export function overwriteRestOfStack(first = 0): void {
  for (let index = first; index < BLOCKS.length; index += 1) {
    const words = new Array<number>(BLOCKS[index] ?? 0).fill(0);
    words[0] = index;
    try {
      // It continues below its arguments, and uses the first one only.
      Reflect.apply(overwriteRestOfStack, undefined, words);
      return;
    } catch {
      // The stack has no room for this block.
    }
  }
}
