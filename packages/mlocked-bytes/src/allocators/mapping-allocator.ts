/** An allocator that makes a mapping for each slot. */
import { checkInteger } from '@evolock/direct-serialise/arguments';
import { map, MAX_REGION_SIZE, pagesOf, unmap } from '../kernel/mapping.js';
import {
  checkAlignment,
  DEFAULT_ALIGNMENT,
  MLockedAllocator,
  Slot,
  type MLockedSlot,
} from './allocator.js';

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
