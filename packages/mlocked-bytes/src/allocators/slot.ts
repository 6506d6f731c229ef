/**
 * Slots: blocks of locked memory, each of which has at most one owner.
 *
 * A slot of this package comes from a slab of a pool or is a mapping of its own. The slot of an allocator that the
 * application wrote must lie in locked memory of this package. It is represented by a slot of this package, which refers to
 * the slot that contains it, so that no byte has two owners.
 */
import { checkBytes, checkInteger, wrongType } from '@evolock/direct-serialise/arguments';
import { MAX_REGION_SIZE } from '../kernel/mapping.js';
import { sodium } from '../kernel/native.js';
import type { MLockedSlot } from './allocator.js';

/** The first argument of the constructor of slots, so that only this package can make one. */
export const internal = Symbol('slot');

/** Where the memory of a slot comes from, and goes back to. */
export interface Source {
  /** Wipes the memory of a slot. When it throws, because the stack is exhausted, nothing has changed. */
  wipe(memory: Uint8Array): void;
  /** Takes the memory back after it was wiped. `place` is what the slot was made with. */
  takeBack(place: number): void;
}

/** What a mapping of this package was made into: a slab of slots, or one slot. */
export interface Holder {
  /** The live slot that contains all bytes from `begin` to `end`, which are offsets in the buffer of the mapping. */
  slotAt(begin: number, end: number): OwnSlot | undefined;
}

const holders = new WeakMap<ArrayBufferLike, Holder>();

/**
 * Records what a mapping was made into.
 *
 * @internal
 */
export function hold(memory: Uint8Array, holder: Holder): void {
  holders.set(memory.buffer, holder);
}

/** Whether a slot is alive and neither it nor a part of it has an owner. */
let isFree: (slot: OwnSlot) => boolean;
/** Whether the memory of a slot was given back. Then it may have another owner. */
let isReleased: (slot: OwnSlot) => boolean;
/** The memory of a slot; `undefined` when it was given back. */
let liveBytes: (slot: OwnSlot) => Uint8Array | undefined;
/** Marks a slot as taken, so that no other allocator can hand out its memory. It may get an owner later. */
let take: (slot: OwnSlot) => void;
/**
 * Gives a slot of `size` bytes its owner. A slot that is refused is given back, unless it has another owner.
 *
 * @throws ArgumentError when it is not locked memory of that size, has an owner, or was released.
 */
let claim: (slot: MLockedSlot, size: number) => OwnSlot;
/** Marks a slot as a region: its parts may have owners although it has one itself. */
let makeDivisible: (slot: MLockedSlot) => void;
/** A slot of this package that represents the slot of another allocator; `undefined` when that is other memory. */
let partOf: (bytes: Uint8Array, slot: MLockedSlot) => OwnSlot | undefined;
/** Whether a slot was made by this package. */
let isOwn: (slot: object) => slot is OwnSlot;

/**
 * A slot of this package. Its memory is not an own property, so that nothing that prints a slot shows it. It gets an owner
 * once.
 *
 * @internal
 */
export class OwnSlot implements MLockedSlot {
  readonly #bytes: Uint8Array;
  readonly #source: Source;
  readonly #place: number;
  /** The slot that contains this one, if another allocator made it. */
  readonly #whole: OwnSlot | undefined;
  /** The taken slots of other allocators in this one, by offset. */
  #parts: OwnSlot[] | undefined;
  #divisible = false;
  #taken = false;
  #claimed = false;
  #released = false;

  constructor(caller: symbol, bytes: Uint8Array, source: Source, place = 0, whole?: OwnSlot) {
    if (caller !== internal) throw wrongType('caller', 'an allocator of this package', caller);
    this.#bytes = bytes;
    this.#source = source;
    this.#place = place;
    this.#whole = whole;
  }

  // These are functions of the module and no methods: the owner of a slot could call methods, and confuse its allocator.
  static {
    isOwn = (slot): slot is OwnSlot => #bytes in slot;
    isReleased = (slot) => slot.#released || (slot.#whole !== undefined && isReleased(slot.#whole));
    liveBytes = (slot) => {
      if (slot.#released || (slot.#whole !== undefined && isReleased(slot.#whole)))
        return undefined;
      return slot.#bytes;
    };
    isFree = (slot) => !slot.#claimed && !isReleased(slot) && (slot.#taken || slot.#isUntouched());
    take = (slot) => {
      if (slot.#taken) return;
      slot.#taken = true;
      if (slot.#whole !== undefined) slot.#whole.#add(slot);
    };
    claim = (slot, size) => {
      // Most slots come from `allocateSlot`, which has checked them.
      const isChecked =
        typeof slot === 'object' &&
        (slot as MLockedSlot | null) !== null &&
        #bytes in slot &&
        slot.#taken &&
        !slot.#claimed &&
        !slot.#released &&
        slot.#whole === undefined &&
        slot.#bytes.length === size;
      const own = isChecked ? slot : checkSlot(slot, size);
      if (!own.#taken) take(own);
      own.#claimed = true;
      return own;
    };
    makeDivisible = (slot) => {
      if (isOwn(slot)) slot.#divisible = true;
    };
    partOf = (bytes, slot) => {
      const { buffer, byteOffset: begin, byteLength } = bytes;
      const whole = holders.get(buffer)?.slotAt(begin, begin + byteLength);
      if (whole === undefined) return undefined;
      // A new view, which takes no properties: it is lent to callbacks, and native code reads the properties of a view.
      const view = Object.preventExtensions(new Uint8Array(buffer, begin, byteLength));
      return new OwnSlot(internal, view, new OtherAllocator(slot), 0, whole);
    };
  }

  #add(part: OwnSlot): void {
    const parts = (this.#parts ??= []);
    parts.splice(part.#placeIn(parts), 0, part);
  }

  #remove(part: OwnSlot): void {
    const parts = this.#parts ?? [];
    const place = part.#placeIn(parts);
    if (parts[place] === part) parts.splice(place, 1);
  }

  /** Whether no byte of it is taken as part of another slot. */
  #isUntouched(): boolean {
    if (this.#parts !== undefined && this.#parts.length > 0) return false;
    return this.#whole === undefined || this.#whole.#hasRoomFor(this);
  }

  #hasRoomFor(part: OwnSlot): boolean {
    if (this.#taken && !this.#divisible) return false;
    const parts = this.#parts ?? [];
    const place = part.#placeIn(parts);
    const before = parts[place - 1];
    const after = parts[place];
    return (
      (before === undefined || before.#end <= part.#begin) &&
      (after === undefined || after.#begin >= part.#end)
    );
  }

  /** The index of the first part that does not begin before this one. */
  #placeIn(parts: readonly OwnSlot[]): number {
    let low = 0;
    let high = parts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const part = parts[middle];
      if (part !== undefined && part.#begin < this.#begin) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get #begin(): number {
    return this.#bytes.byteOffset;
  }

  get #end(): number {
    return this.#begin + this.#bytes.byteLength;
  }

  /** The memory itself. */
  get unsoundBytes(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Wipes the memory and gives it back; does nothing the second time. The wiping comes before the mark: a call that throws
   * while it wipes, because the stack is exhausted, can be repeated.
   */
  release(): void {
    if (this.#released) return;
    const source = this.#source;
    // Memory that its allocator has already given back may have another owner.
    if (this.#whole === undefined || !isReleased(this.#whole)) source.wipe(this.#bytes);
    this.#released = true;
    if (this.#taken && this.#whole !== undefined) this.#whole.#remove(this);
    source.takeBack(this.#place);
  }
}

/** The allocator that the application wrote. Its memory is wiped here, whatever it does itself. */
class OtherAllocator implements Source {
  readonly #slot: MLockedSlot;

  constructor(slot: MLockedSlot) {
    this.#slot = slot;
  }

  wipe(partMemory: Uint8Array): void {
    sodium.sodium_memzero(partMemory);
  }

  takeBack(): void {
    this.#slot.release();
  }
}

/**
 * Checks the slot that an allocator returned, before a secret is put there: it must be memory of a region that was proved
 * locked, of the right size, without a byte that has an owner. A slot that is refused is given back, unless it has another
 * owner.
 *
 * @returns The slot. Its `unsoundBytes` were read once: later reads cannot return other memory.
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
    // These are not bytes: the caller reports the slot.
    return undefined;
  }
}

/** A slot of the wrong size is still locked memory of its allocator, which the error must not lose. */
function giveBack(slot: unknown): void {
  const release = (slot as Partial<MLockedSlot> | null | undefined)?.release;
  if (typeof release === 'function') release.call(slot);
}

export { claim, isReleased, liveBytes, makeDivisible, take };
