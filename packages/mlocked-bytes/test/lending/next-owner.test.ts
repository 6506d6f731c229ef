import { codeOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  mappingAllocator,
  MLockedBytes,
  PooledAllocator,
  pooledAllocator,
  type MLockedAllocator,
} from '../../src/index.js';
import { contentOf, fill } from '../support/bytes.js';

test('a callback cannot affect the next owner through its view', () => {
  const allocator = new PooledAllocator();
  const seen: unknown[] = [];
  const bytes = MLockedBytes.newZeroed(32, { allocator });
  bytes.withBytes((view) => {
    Reflect.defineProperty(view, 'set', { value: (source: unknown) => seen.push(source) });
    Reflect.defineProperty(view, 'byteLength', { value: 1 });
    Reflect.setPrototypeOf(view, Array.prototype);
  });
  bytes.release();
  using next = MLockedBytes.fromBytes(new Uint8Array(32).fill(5), { allocator });
  expect(contentOf(next)).toEqual(new Array(32).fill(5));
  expect(seen).toEqual([]);
});

test.each<[string, MLockedAllocator]>([
  ['the pool', pooledAllocator],
  ['a mapping of its own', mappingAllocator],
  [
    'an allocator of the application',
    {
      allocate(size, alignment) {
        const slot = pooledAllocator.allocate(size, alignment);
        const unsoundBytes = slot.unsoundBytes.subarray();
        return { unsoundBytes, release: () => slot.release() };
      },
    },
  ],
])('a lent view from %s takes no properties, which native code would read', (_name, allocator) => {
  for (const size of [32, 4_080, 5_000]) {
    using bytes = MLockedBytes.newZeroed(size, { allocator });
    fill(bytes, 7);
    bytes.withBytes((view) => {
      for (const place of ['buffer', 'byteOffset', 'byteLength', 'length']) {
        expect(Reflect.defineProperty(view, place, { value: 1 })).toBe(false);
      }
      expect(Reflect.setPrototypeOf(view, Array.prototype)).toBe(false);
    });
    using copy = bytes.clone();
    expect([copy.size, copy.equals(bytes)]).toEqual([size, true]);
  }
});

test('a slot with an owner is not given back when it is handed out again, whatever its size', () => {
  const pool = new PooledAllocator();
  const slot = pool.allocate(32);
  const same = { unsoundBytes: slot.unsoundBytes, release: () => slot.release() };
  const allocator: MLockedAllocator = { allocate: () => same };
  using owner = MLockedBytes.newZeroed(32, { allocator });
  fill(owner, 7);
  for (const size of [32, 64]) {
    expect(codeOf(() => MLockedBytes.newZeroed(size, { allocator }))).toBe(
      'ERR_EVOLOCK_ARGUMENT_TYPE',
    );
  }
  using next = MLockedBytes.newZeroed(32, { allocator: pool });
  fill(next, 9);
  expect(contentOf(owner)).toEqual(new Array(32).fill(7));
});
