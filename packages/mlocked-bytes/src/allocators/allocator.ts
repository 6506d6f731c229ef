/** Slots and allocators, and the one that makes a mapping for each slot. */
import { checkInteger, wrongType, wrongValue } from '@evolock/direct-serialise/arguments';
import { sodium } from '../kernel/native.js';
import { map, MAX_REGION_SIZE, pagesOf, unmap } from '../kernel/mapping.js';

/**
 * One block of locked memory, handed out by an allocator to exactly one owner. Only authors of locked types handle slots.
 * The memory lives until `release`, which wipes it at once and gives it back; a second call does nothing.
 */
export interface MLockedSlot {
  /** The memory itself, zeroed when it is handed out. The name warns: nothing checks whether this view is alive. */
  readonly unsoundBytes: Uint8Array;
  /** Whether the memory was wiped and given back. */
  readonly released: boolean;
  /** Wipes the memory before it returns, and gives it back. */
  release(): void;
}

/** What a slot is a part of: a slab of a pool, or a mapping. */
export interface SlotSource {
  /** Takes a slot back after it was wiped. `place` is what the slot was made with. */
  reclaim(place: number): void;
}

/** A slot. Its memory is not an own property, so that nothing that prints a slot shows it. */
export class Slot implements MLockedSlot {
  readonly #bytes: Uint8Array;
  readonly #source: SlotSource;
  readonly #place: number;
  #released = false;

  constructor(bytes: Uint8Array, source: SlotSource, place = 0) {
    this.#bytes = bytes;
    this.#source = source;
    this.#place = place;
  }

  /** {@inheritDoc MLockedSlot.unsoundBytes} */
  get unsoundBytes(): Uint8Array {
    return this.#bytes;
  }

  /** {@inheritDoc MLockedSlot.released} */
  get released(): boolean {
    return this.#released;
  }

  /** {@inheritDoc MLockedSlot.release} */
  release(): void {
    if (this.#released) return;
    sodium.sodium_memzero(this.#bytes);
    this.#released = true;
    this.#source.reclaim(this.#place);
  }
}

/**
 * Where locked memory comes from: an option of every operation that makes a key, a seed or locked bytes. Allocators are made
 * by this package: a {@link PooledAllocator}, and {@link mappingAllocator}.
 */
export abstract class MLockedAllocator {
  /**
   * Hands out a slot of zeros, or throws.
   *
   * @param size - Bytes, 1 to 1 GiB.
   * @param alignment - The address is a multiple of it: a power of two, 1 to 4096. 32 when absent.
   */
  abstract allocate(size: number, alignment?: number): MLockedSlot;
}

class FunctionAllocator extends MLockedAllocator {
  override readonly allocate: MLockedAllocator['allocate'];

  constructor(allocate: MLockedAllocator['allocate']) {
    super();
    this.allocate = allocate;
  }
}

/**
 * An allocator for tests, which count allocations or make them fail: a function that returns a slot of another allocator,
 * or throws. Nothing checks what it hands out.
 */
export function unsoundAllocator(allocate: MLockedAllocator['allocate']): MLockedAllocator {
  return new FunctionAllocator(allocate);
}

/**
 * Options of every operation that makes something in locked memory. Without room for it, the operation throws
 * {@link LockLimitError} `ERR_EVOLOCK_LOCK_LIMIT` or {@link RegionLimitError} `ERR_EVOLOCK_REGION_LIMIT`.
 */
export interface AllocationOptions {
  /**
   * Where the memory comes from; the pool of the thread when absent. Work in progress (expanding a seed, evolving a key) is
   * done in scratch memory, which has mappings of its own and is wiped at once.
   */
  readonly allocator?: MLockedAllocator | undefined;
}

/** The names of {@link AllocationOptions}, for a function that has them among its own. */
export const allocationOptionNames = Object.freeze(['allocator'] as const);

/** Options of locked bytes. */
export interface MLockedBytesOptions extends AllocationOptions {
  /** The address is a multiple of it: a power of two, 1 to 4096; 32 when absent. */
  readonly alignment?: number | undefined;
}

/** The names of {@link MLockedBytesOptions}. */
export const lockedBytesOptionNames = [...allocationOptionNames, 'alignment'] as const;

/** The largest alignment, in bytes: a page. */
const MAX_ALIGNMENT = 4_096;

/** Alignment, in bytes, when none is given. */
export const DEFAULT_ALIGNMENT = 32;

/** Alignment of scratch memory, in bytes: a cache line. */
export const SCRATCH_ALIGNMENT = 64;

/** Checks an alignment: a power of two from 1 to 4096. Zero is an error, as in the reference. */
export function checkAlignment(value: unknown): number {
  const alignment = checkInteger('alignment', value, 1, MAX_ALIGNMENT);
  if ((alignment & (alignment - 1)) !== 0) {
    throw wrongValue('alignment', 'a power of two', String(alignment));
  }
  return alignment;
}

/** Checks that a value is an allocator of this package. */
export function checkAllocator(value: unknown): MLockedAllocator {
  if (value instanceof MLockedAllocator) return value;
  throw wrongType('allocator', 'an allocator of @evolock/mlocked-bytes', value);
}

/** A mapping ends at its guard page, so its address is a multiple of every power of two that divides its size. */
function aligned(size: number, alignment: number): number {
  return Math.ceil(size / alignment) * alignment;
}

/** Pages of the mapping that {@link mapSlot} makes. */
export function pagesOfSlot(size: number, alignment: number): number {
  return pagesOf(aligned(size, alignment));
}

/** Makes a mapping of its own for a slot. The arguments are not checked. */
export function mapSlot(size: number, alignment: number): MLockedSlot {
  const mapping = map(aligned(size, alignment));
  return new Slot(mapping.subarray(0, size), { reclaim: () => unmap(mapping) });
}

class MappingAllocator extends MLockedAllocator {
  override allocate(size: number, alignment: number = DEFAULT_ALIGNMENT): MLockedSlot {
    checkInteger('size', size, 1, MAX_REGION_SIZE);
    return mapSlot(size, checkAlignment(alignment));
  }
}

/**
 * Gives every object a guarded mapping of its own. That costs a page and 17 µs. A read or write past the end of the object
 * ends the process, and a view that was kept past its callback is empty after the release.
 *
 * With one exception: the kernel gets a mapping when the event loop turns. When many are released in one turn (512, or as
 * many pages as a quarter of a small lock limit), or at a limit, wiped mappings are used again. A view that was kept on
 * such a mapping is not detached: it shows zeros, and then the next owner.
 */
export const mappingAllocator: MLockedAllocator = new MappingAllocator();
