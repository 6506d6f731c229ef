import { expect, test } from 'vitest';
import {
  mappingAllocator,
  MLockedBytes,
  MLockedRegion,
  MLockedSizedBytes,
  PooledAllocator,
  pooledAllocator,
  type MLockedAllocator,
} from '../../src/index.js';
import { contentOf, fill } from '../support/bytes.js';

type Lend = (use: (view: Uint8Array) => void) => void;

const allocators: [string, MLockedAllocator][] = [
  ['the pool', pooledAllocator],
  ['a mapping of its own', mappingAllocator],
  [
    'an allocator of the application',
    {
      allocate(size, alignment) {
        const slot = pooledAllocator.allocate(size, alignment);
        return { unsoundBytes: slot.unsoundBytes, release: () => slot.release() };
      },
    },
  ],
];

/** Calls `check` with each function of this package that lends locked memory to a callback. */
function forEachLender(
  size: number,
  allocator: MLockedAllocator,
  check: (lender: string, lend: Lend) => void,
): void {
  using bytes = MLockedBytes.newZeroed(size, { allocator });
  using sized = MLockedSizedBytes.newZeroed(size, { allocator });
  using region = MLockedRegion.allocate(size);
  using copy = bytes.clone({ allocator });
  const lenders: [string, Lend][] = [
    ['bytes', (use) => bytes.withBytes(use)],
    ['sized bytes', (use) => sized.withBytes(use)],
    ['a region', (use) => region.withBytes(use)],
    ['a chunk', (use) => bytes.chunk(0, size).withBytes(use)],
    ['a push', (use) => bytes.directSerialise(use)],
    ['a pull', (use) => MLockedBytes.type(size).directDeserialise(use, { allocator }).release()],
    ['a copy', (use) => copy.withBytes(use)],
  ];
  for (const [lender, lend] of lenders) check(lender, lend);
}

test.each(allocators)('a view on memory of %s takes no properties', (_name, allocator) => {
  for (const size of [1, 20, 32, 33, 65, 512, 513, 1_024, 2_048, 2_049, 5_000]) {
    forEachLender(size, allocator, (lender, lend) => {
      lend((view) => {
        const what = `${lender} of ${String(size)} bytes`;
        expect(view.byteLength, what).toBe(size);
        expect(Object.isExtensible(view), what).toBe(false);
        for (const name of ['byteLength', 'byteOffset', 'buffer', 'length']) {
          expect(Reflect.defineProperty(view, name, { value: 64 }), what).toBe(false);
        }
      });
    });
  }
});

test('a callback cannot pin another offset in its view', () => {
  const allocator = new PooledAllocator();
  const values = Array.from({ length: 3 }, () => MLockedBytes.newZeroed(20, { allocator }));
  for (const value of values) fill(value, 7);
  const [before, middle, after] = values as [MLockedBytes, MLockedBytes, MLockedBytes];
  middle.withBytes((view) => {
    Reflect.defineProperty(view, 'byteOffset', { value: view.byteOffset - 32 });
    Reflect.defineProperty(view, 'byteLength', { value: 1_000_000 });
  });
  middle.zero();
  expect(contentOf(middle)).toEqual(new Array(20).fill(0));
  middle.release();
  for (const value of [before, after]) {
    expect(contentOf(value)).toEqual(new Array(20).fill(7));
    value.release();
  }
});
