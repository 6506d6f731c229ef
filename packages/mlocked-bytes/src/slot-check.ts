import { checkBytes, checkInteger, wrongType } from '@evolock/direct-serialise/arguments';
import type { MLockedSlot } from './allocator.js';
import { MAX_REGION_SIZE } from './mapping.js';
import { isFree, isOwn, partOf, type OwnSlot } from './own-slot.js';

/**
 * Checks what an allocator handed out, before a secret goes there: memory of a region that was proved locked, of the
 * right size, of which no byte has an owner. What is refused is given back, unless it has another owner.
 *
 * @returns The slot, its bytes asked for once: from here on they cannot be others, and are wiped at the release.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @internal
 */
export function checkSlot(slot: MLockedSlot, size: number): OwnSlot {
  const own = ownSlot(slot);
  const isUsable = own === undefined || isFree(own);
  if (own !== undefined && isUsable && own.unsoundBytes.length === size) return own;
  if (isUsable) giveBack(slot);
  checkInteger('size', size, 1, MAX_REGION_SIZE);
  throw wrongType(
    'slot',
    `${String(size)} bytes of locked memory from an allocator, which has no owner`,
    slot,
  );
}

function ownSlot(slot: unknown): OwnSlot | undefined {
  if (typeof slot !== 'object' || slot === null) return undefined;
  if (isOwn(slot)) return slot;
  const { unsoundBytes, release } = slot as Partial<MLockedSlot>;
  if (typeof release !== 'function') return undefined;
  try {
    return partOf(checkBytes('slot.unsoundBytes', unsoundBytes), slot as MLockedSlot);
  } catch {
    // These are no bytes: the caller reports the slot.
    return undefined;
  }
}

/** A slot of the wrong size is still locked memory of its allocator: it must not be lost with the error. */
function giveBack(slot: unknown): void {
  const release = (slot as Partial<MLockedSlot> | null | undefined)?.release;
  if (typeof release === 'function') release.call(slot);
}
