import { checkBytes, checkInteger, wrongType } from '@evolock/direct-serialise/arguments';
import type { MLockedSlot } from './allocator.js';
import { isMapped, MAX_REGION_SIZE } from './mapping.js';
import { ForeignSlot, isFree, isTaken, OwnSlot } from './own-slot.js';

/**
 * Checks what an allocator handed out, before a secret goes there: memory of a region that was proved locked, of the
 * right size, that nobody owns. What is refused is given back, unless somebody owns it.
 *
 * @returns The slot, its bytes asked for once: from here on they cannot be others, and are wiped at the release.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @internal
 */
export function checkSlot(slot: MLockedSlot, size: number): OwnSlot {
  const own = isSize(size) ? ownSlot(slot, size) : undefined;
  if (own === undefined) giveBackRefused(slot);
  else if (isFree(own)) return own;
  checkInteger('size', size, 1, MAX_REGION_SIZE);
  throw wrongType(
    'slot',
    `${String(size)} bytes of locked memory from an allocator, which nobody owns`,
    slot,
  );
}

function ownSlot(slot: MLockedSlot, size: number): OwnSlot | undefined {
  const bytes = lockedBytesOf(slot, size);
  if (bytes === undefined) return undefined;
  return slot instanceof OwnSlot ? slot : ForeignSlot.of(bytes, slot);
}

function isSize(size: unknown): boolean {
  return Number.isInteger(size);
}

function lockedBytesOf(slot: unknown, size: number): Uint8Array | undefined {
  if (typeof slot !== 'object' || slot === null) return undefined;
  const { unsoundBytes, release } = slot as Partial<MLockedSlot>;
  if (typeof release !== 'function') return undefined;
  try {
    const bytes = checkBytes('slot.unsoundBytes', unsoundBytes, size);
    return isMapped(bytes) ? bytes : undefined;
  } catch {
    // It is no bytes, or not as many: what the caller is told of the slot says it all.
    return undefined;
  }
}

/** A slot of the wrong size is still somebody's locked memory: it must not be lost with the error. */
function giveBackRefused(slot: unknown): void {
  if (typeof slot === 'object' && slot !== null && isTaken(slot)) return;
  const release = (slot as Partial<MLockedSlot> | null | undefined)?.release;
  if (typeof release === 'function') release.call(slot);
}
