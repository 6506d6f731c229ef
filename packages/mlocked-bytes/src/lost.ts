import { channel } from 'node:diagnostics_channel';
import type { MLockedSlot } from './allocator.js';

/** What is said of a locked value that the program lost: its type, never its content. */
export interface LostValue {
  /** Name of its class. */
  readonly type: string;
  /** Bytes of locked memory. */
  readonly size: number;
  /** What the allocator threw when it was to take the memory back; it was wiped all the same. */
  readonly failure?: unknown;
}

const lost = channel('evolock:memory:lost');

/** What the registry keeps of a value: it must not lead back to it. */
interface Trace extends LostValue {
  readonly slot: MLockedSlot;
}

/** The slots of all live values of this thread, oldest first. The registry keeps each of them as long. */
const watched = new Set<MLockedSlot>();

// A finalizer never runs at exit, and late at any time: it is a net under programs that forget, not a way to release.
const registry = new FinalizationRegistry<Trace>(({ slot, type, size }) => {
  watched.delete(slot);
  lost.publish({ type, size, ...giveBack(slot) } satisfies LostValue);
});

/** There is nobody to throw to: an allocator that fails to take a slot back is told of on the channel. */
function giveBack(slot: MLockedSlot): { readonly failure?: unknown } {
  try {
    slot.release();
    return {};
  } catch (failure) {
    return { failure };
  }
}

/**
 * Watches a value: when the program loses it without releasing it, its memory is wiped and given back, and the
 * diagnostics channel `evolock:memory:lost` tells of it, once.
 *
 * @internal
 */
export function watch(value: object, slot: MLockedSlot, size: number): void {
  registry.register(value, { slot, type: value.constructor.name, size }, slot);
  watched.add(slot);
}

/**
 * Ends the watch over a value whose slot is being released.
 *
 * @internal
 */
export function unwatch(slot: MLockedSlot): void {
  registry.unregister(slot);
  watched.delete(slot);
}

/**
 * Releases every live value of this thread, the newest first: an allocator may cut its slots out of an older region.
 *
 * @returns What the allocators threw that failed to take memory back; the memory was wiped all the same.
 *
 * @internal
 */
export function releaseWatched(): unknown[] {
  return [...watched].reverse().flatMap((slot) => {
    const { failure } = giveBack(slot);
    unwatch(slot);
    return failure === undefined ? [] : [failure];
  });
}
