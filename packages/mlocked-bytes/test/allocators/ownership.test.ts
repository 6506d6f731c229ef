import { errorOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  allocateSlot,
  mappingAllocator,
  MLockedBytes,
  MLockedRegion,
  pooledAllocator,
  type MLockedAllocator,
  type MLockedSlot,
} from '../../src/index.js';
import { unsoundMemory } from '../../src/unsound.js';
import { contentOf, fill } from '../support/bytes.js';

const refused = { code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument: 'slot' };
const sources = [
  ['the pool', pooledAllocator],
  ['mappings of their own', mappingAllocator],
] as const;

/** A new slot object over memory that may have an owner. */
function wrapping(bytes: Uint8Array, release = () => {}): MLockedSlot {
  return { unsoundBytes: bytes, release };
}

function handingOut(...slots: MLockedSlot[]): MLockedAllocator {
  return { allocate: () => slots.shift()! };
}

/** Parts that share at least one byte with a range of 32 bytes. */
const overlapping: [string, (bytes: Uint8Array) => [Uint8Array, number]][] = [
  ['all of it', (bytes) => [bytes, 32]],
  ['another view of all of it', (bytes) => [bytes.subarray(), 32]],
  ['its first half', (bytes) => [bytes.subarray(0, 16), 16]],
  ['its last byte', (bytes) => [bytes.subarray(31), 1]],
];

for (const [source, allocator] of sources) {
  test.each(overlapping)(
    `memory from ${source} that has an owner is not handed out: %s`,
    (_, part) => {
      const owner = MLockedBytes.newZeroed(32, { allocator });
      fill(owner, 7);
      const [bytes, size] = part(unsoundMemory(owner));
      const make = () => MLockedBytes.newZeroed(size, { allocator: handingOut(wrapping(bytes)) });
      expect(errorOf(make)).toMatchObject(refused);
      expect(contentOf(owner)).toEqual(new Array(32).fill(7));
      owner.release();
      expect(errorOf(make)).toMatchObject(refused);
    },
  );

  test.each(overlapping)(`memory from ${source} is not handed out twice: %s`, (_, part) => {
    const slot = allocator.allocate(32);
    const [bytes, size] = part(slot.unsoundBytes);
    const second = wrapping(bytes, () => slot.release());
    const hostile = handingOut(
      wrapping(slot.unsoundBytes, () => slot.release()),
      second,
      slot,
    );
    const owner = MLockedBytes.newZeroed(32, { allocator: hostile });
    fill(owner, 7);
    expect(errorOf(() => MLockedBytes.newZeroed(size, { allocator: hostile }))).toMatchObject(
      refused,
    );
    expect(errorOf(() => MLockedBytes.newZeroed(32, { allocator: hostile }))).toMatchObject(
      refused,
    );
    // The refused memory has an owner, so it was not given back.
    expect(contentOf(owner)).toEqual(new Array(32).fill(7));
    owner.release();
  });

  test(`memory from ${source} that was taken and has no owner yet is not handed out`, () => {
    const slot = allocateSlot(32, { allocator });
    const make = () =>
      MLockedBytes.newZeroed(32, { allocator: handingOut(wrapping(slot.unsoundBytes)) });
    expect(errorOf(make)).toMatchObject(refused);
    slot.release();
  });

  test(`a value is released when its allocator gives its memory back to ${source}`, () => {
    const slot = allocator.allocate(32);
    const owner = MLockedBytes.newZeroed(32, {
      allocator: handingOut(wrapping(slot.unsoundBytes, () => slot.release())),
    });
    slot.release();
    expect(owner.released).toBe(true);
    expect(errorOf(() => owner.zero())).toMatchObject({ code: 'ERR_EVOLOCK_RELEASED' });
    using next = MLockedBytes.newZeroed(32, { allocator });
    fill(next, 7);
    owner.release();
    expect(contentOf(next)).toEqual(new Array(32).fill(7));
  });
}

test('an allocator may cut a region into slots, and use a slot again', () => {
  using region = MLockedRegion.allocate(4_096);
  const memory = unsoundMemory(region);
  const free = Array.from({ length: 128 }, (_, index) => index * 32);
  const cutting: MLockedAllocator = {
    allocate(size) {
      const offset = free.pop()!;
      return wrapping(memory.subarray(offset, offset + size), () => void free.push(offset));
    },
  };
  for (let round = 0; round < 2; round += 1) {
    const values = Array.from({ length: 128 }, (_, index) => {
      const value = MLockedBytes.newZeroed(20 + (index % 13), { allocator: cutting });
      fill(value, index);
      return value;
    });
    expect(free).toEqual([]);
    for (const [index, value] of values.entries()) {
      expect(new Set(contentOf(value))).toEqual(new Set([index]));
    }
    values.sort((left, right) => left.size - right.size);
    for (const value of values) value.release();
    expect(free).toHaveLength(128);
    expect(memory.every((byte) => byte === 0)).toBe(true);
  }
});

test('the slots of a region do not overlap, and end with the region', () => {
  const region = MLockedRegion.allocate(64);
  const memory = unsoundMemory(region);
  const allocator = handingOut(wrapping(memory.subarray(16, 48)), wrapping(memory.subarray(0, 17)));
  const value = MLockedBytes.newZeroed(32, { allocator });
  expect(errorOf(() => MLockedBytes.newZeroed(17, { allocator }))).toMatchObject(refused);
  region.release();
  expect(value.released).toBe(true);
});

test('other code cannot make a slot of memory that is not locked', () => {
  const slot = pooledAllocator.allocate(32);
  const Slot = slot.constructor as new (...given: unknown[]) => MLockedSlot;
  const forged = () => new Slot(Symbol('slot'), new Uint8Array(32), undefined, 0, undefined);
  expect(errorOf(forged)).toMatchObject({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE' });
  const pretending = Object.create(Slot.prototype as object) as MLockedSlot;
  expect(() => MLockedBytes.newZeroed(32, { allocator: handingOut(pretending) })).toThrow();
  slot.release();
});
