import { codeOf, errorOf, RecordingAllocator } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  allocateSlot,
  checkLocked,
  LockedValue,
  mappingAllocator,
  MLockedBytes,
  pooledAllocator,
  type LockedClass,
  type MLockedAllocator,
  type MLockedSlot,
} from '../../src/index.js';
import { copyOf, filled, moveInto, unsoundMemory } from '../../src/unsound.js';
import { contentOf } from '../support/bytes.js';

/** A locked type, as an author would write it. */
class Pin extends LockedValue {
  private constructor() {
    super(allocateSlot(4), 4);
  }

  static make(): Pin {
    return new Pin();
  }
}

test('a locked type of the application is released, wiped and printed like the others', () => {
  const before = pooledAllocator.usage().liveSlots;
  const pin = Pin.make();
  const memory = unsoundMemory(pin);
  memory.set([1, 2, 3, 4]);
  expect(String(pin)).toBe('[Pin: 4 bytes locked]');
  expect(pooledAllocator.usage().liveSlots).toBe(before + 1);
  pin.release();
  expect([...memory]).toEqual([0, 0, 0, 0]);
  expect(String(pin)).toBe('[Pin: released]');
  expect(errorOf(() => unsoundMemory(pin)).message).toContain('Pin');
  expect(pooledAllocator.usage().liveSlots).toBe(before);
});

test('a locked type of the application is distinguished from others', () => {
  const pin = Pin.make();
  const bytes = MLockedBytes.newZeroed(4);
  const kind: LockedClass<Pin> = Pin;
  expect(checkLocked('pin', pin, kind, 'a pin')).toBe(pin);
  expect(errorOf(() => checkLocked('pin', bytes, kind, 'a pin'))).toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
    argument: 'pin',
    expected: 'a pin',
  });
  pin.release();
  expect(codeOf(() => checkLocked('pin', pin, kind, 'a pin'))).toBe('ERR_EVOLOCK_RELEASED');
  bytes.release();
});

test('a value whose filling fails is released, and the error is thrown', () => {
  const failure = new Error('broken pipe');
  const bytes = MLockedBytes.newZeroed(32);
  const memory = unsoundMemory(bytes);
  const fill = (view: Uint8Array) => {
    view.fill(7);
    throw failure;
  };
  expect(errorOf(() => filled(bytes, fill))).toBe(failure);
  expect(bytes.released).toBe(true);
  expect(memory.every((byte) => byte === 0)).toBe(true);
});

test('a value whose release fails does not prevent the release of others', () => {
  let fails = true;
  class Stubborn extends LockedValue {
    constructor() {
      super(allocateSlot(4), 4);
    }
    override release(): void {
      if (fails) throw new Error('not released');
      super.release();
    }
  }
  const stubborn = new Stubborn();
  const fail = () => {
    throw new Error('not filled');
  };
  expect(() => filled(stubborn, fail)).toThrow('not filled');
  const other = MLockedBytes.newZeroed(4);
  other.release();
  expect([stubborn.released, other.released]).toEqual([false, true]);
  fails = false;
  // Every release repeats those that failed.
  MLockedBytes.newZeroed(4).release();
  expect(stubborn.released).toBe(true);
});

test('a value that is filled stays alive', () => {
  const bytes = filled(MLockedBytes.newZeroed(3), (view) => {
    view.set([1, 2, 3]);
  });
  expect(contentOf(bytes)).toEqual([1, 2, 3]);
  const copy = copyOf(bytes, MLockedBytes.newZeroed(3));
  expect(copy.equals(bytes)).toBe(true);
  const source = Uint8Array.of(4, 5, 6);
  const moved = moveInto(MLockedBytes.newZeroed(3), source);
  expect(contentOf(moved)).toEqual([4, 5, 6]);
  expect([...source]).toEqual([0, 0, 0]);
  for (const value of [bytes, copy, moved]) value.release();
});

test('a copy or a move of another size leaves no value alive', () => {
  const before = pooledAllocator.usage().liveSlots;
  const source = Uint8Array.of(1, 2, 3, 4);
  const small = MLockedBytes.newZeroed(3);
  errorOf(() => moveInto(small, source));
  expect(small.released).toBe(true);
  expect([...source]).toEqual([1, 2, 3, 4]);
  const gone = MLockedBytes.newZeroed(3);
  gone.release();
  const copy = MLockedBytes.newZeroed(3);
  expect(codeOf(() => copyOf(gone, copy))).toBe('ERR_EVOLOCK_RELEASED');
  expect(copy.released).toBe(true);
  expect(pooledAllocator.usage().liveSlots).toBe(before);
});

/** A locked type that does not check its slot, as a careless author would write it. */
class Careless extends LockedValue {
  constructor(slot: MLockedSlot, size = 32) {
    super(slot, size);
  }
}

const allocators: [string, MLockedAllocator][] = [
  ['of the pool', pooledAllocator],
  ['with a mapping of its own', mappingAllocator],
  ['of a log', new RecordingAllocator(pooledAllocator)],
  ['of an allocator of the application', new RecordingAllocator(pooledAllocator)],
];

describe.each(allocators)('a slot %s', (_name, allocator) => {
  test('has one owner', () => {
    const slot = allocator.allocate(32);
    const owner = new Careless(slot);
    unsoundMemory(owner).fill(7);
    expect(codeOf(() => new Careless(slot))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    // The owner is unchanged.
    expect(unsoundMemory(owner).every((byte) => byte === 7)).toBe(true);
    expect(codeOf(() => new Careless(slot, 16))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    owner.release();
  });

  test('cannot get an owner after its release', () => {
    const slot = allocator.allocate(32);
    new Careless(slot).release();
    expect(codeOf(() => new Careless(slot))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    const handing: MLockedAllocator = { allocate: () => slot };
    expect(codeOf(() => MLockedBytes.newZeroed(32, { allocator: handing }))).toBe(
      'ERR_EVOLOCK_ARGUMENT_TYPE',
    );
  });
});

test('a value is released when its slot is given back by other code', () => {
  for (const allocator of [pooledAllocator, mappingAllocator]) {
    const slot = allocator.allocate(32);
    const value = new Careless(slot);
    slot.release();
    expect(value.released).toBe(true);
    expect(codeOf(() => unsoundMemory(value))).toBe('ERR_EVOLOCK_RELEASED');
    value.release();
  }
});
