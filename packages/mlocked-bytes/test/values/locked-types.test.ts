import { codeOf, errorOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  allocateSlot,
  checkLocked,
  LockedValue,
  mappingAllocator,
  MLockedBytes,
  pooledAllocator,
  type LockedClass,
  type MLockedSlot,
} from '../../src/index.js';
import { copyOf, filled, moveInto, unsoundMemory } from '../../src/unsound.js';
import { contentOf } from '../support/bytes.js';

/** A locked type, as an author would write it. */
class Pin extends LockedValue {
  static of(slot: MLockedSlot): Pin {
    return new Pin(slot);
  }
}

test('a locked type of the application is released, wiped and printed like the others', () => {
  const before = pooledAllocator.usage().liveSlots;
  const pin = Pin.of(allocateSlot(4));
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
  const pin = Pin.of(allocateSlot(4));
  using bytes = MLockedBytes.newZeroed(4);
  const kind: LockedClass<Pin> = Pin;
  expect(checkLocked('pin', pin, kind, 'a pin')).toBe(pin);
  expect(errorOf(() => checkLocked('pin', bytes, kind, 'a pin'))).toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
    argument: 'pin',
    expected: 'a pin',
  });
  pin.release();
  expect(codeOf(() => checkLocked('pin', pin, kind, 'a pin'))).toBe('ERR_EVOLOCK_RELEASED');
});

test.each([
  ['the pool', pooledAllocator],
  ['mappings', mappingAllocator],
])('a value is released when its slot of %s is given back by other code', (_, allocator) => {
  const slot = allocator.allocate(32);
  const value = Pin.of(slot);
  slot.release();
  expect(value.released).toBe(true);
  expect(codeOf(() => unsoundMemory(value))).toBe('ERR_EVOLOCK_RELEASED');
  value.release();
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
  // So does a copy of a released value.
  const copy = MLockedBytes.newZeroed(32);
  expect(codeOf(() => copyOf(bytes, copy))).toBe('ERR_EVOLOCK_RELEASED');
  expect(copy.released).toBe(true);
});

test('a value that is filled stays alive', () => {
  using bytes = filled(MLockedBytes.newZeroed(3), (view) => view.set([1, 2, 3]));
  expect(contentOf(bytes)).toEqual([1, 2, 3]);
  using copy = copyOf(bytes, MLockedBytes.newZeroed(3));
  expect(copy.equals(bytes)).toBe(true);
  const source = Uint8Array.of(4, 5, 6);
  using moved = moveInto(MLockedBytes.newZeroed(3), source);
  expect(contentOf(moved)).toEqual([4, 5, 6]);
  expect([...source]).toEqual([0, 0, 0]);
});
