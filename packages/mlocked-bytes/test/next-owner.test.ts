import { codeOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { MLockedBytes, PooledAllocator, type MLockedAllocator } from '../src/index.js';
import { contentOf, fill } from './support/bytes.js';

test('what a callback does to the view that it is lent does nothing to the next owner', () => {
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

test('a slot that has an owner is not given back when it is handed out again, whatever its size', () => {
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
