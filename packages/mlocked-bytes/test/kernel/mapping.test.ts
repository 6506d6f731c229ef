import { expect, test } from 'vitest';
import { mappingAllocator, MLockedBytes, PooledAllocator } from '../../src/index.js';
import { unsoundMemory } from '../../src/unsound.js';
import { importing, notLinux, printedBy, testUnless } from '../support/child.js';

// Guard pages, and that core dumps leave them out, is proved of all regions by the scans of the repository.
testUnless(
  notLinux,
  'the kernel counts an allocation as locked memory until its release, which unlocks no other',
  () => {
    const script = `
      ${importing}
      const { lockStatus, MLockedBytes, mappingAllocator } = locked;
      const turn = () => new Promise((resolve) => setImmediate(resolve));
      const steps = [];
      for (const size of [1, 4_080, 4_081, 10_000, 100_000]) {
        const before = lockStatus().locked;
        const region = MLockedBytes.newZeroed(size, { allocator: mappingAllocator, alignment: 1 });
        const during = lockStatus().locked;
        region.release();
        await turn();
        await turn();
        steps.push([size, during - before, lockStatus().locked - before]);
      }
      const [first, ...others] = Array.from({ length: 20 }, () => MLockedBytes.newZeroed(32));
      const before = lockStatus().locked;
      for (const other of others) other.release();
      await turn();
      print({ steps, ofSlots: [before, lockStatus().locked], alive: !first.released });
    `;
    const steps = [
      [1, 4_096, 0],
      [4_080, 4_096, 0],
      [4_081, 8_192, 0],
      [10_000, 12_288, 0],
      [100_000, 102_400, 0],
    ];
    expect(printedBy(script)).toEqual({ steps, ofSlots: [4_096, 4_096], alive: true });
  },
);

test('a second release of a mapping does not affect the next owner of its memory', () => {
  // So many wait for the event loop that a mapping is kept for the next owner.
  for (let index = 0; index < 1_000; index += 1) mappingAllocator.allocate(32).release();
  const slot = mappingAllocator.allocate(32);
  slot.release();
  const next = mappingAllocator.allocate(32);
  next.unsoundBytes.fill(7);
  slot.release();
  expect([...next.unsoundBytes]).toEqual(Array(32).fill(7));
  next.release();
});

test('a view that is kept of a mapping of its own is empty after the release', async () => {
  // The mappings of other tests must be freed: views detach at once only while few mappings wait. In the first
  // turn of the event loop the mappings that were kept for reuse join them, and all are freed in the second.
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const pool = new PooledAllocator();
  for (const value of [
    MLockedBytes.newZeroed(100, { allocator: mappingAllocator }),
    MLockedBytes.newZeroed(128, { allocator: mappingAllocator }),
    // Large and strictly aligned objects get one from a pool too.
    MLockedBytes.newZeroed(2_049, { allocator: pool }),
    MLockedBytes.newZeroed(32, { allocator: pool, alignment: 128 }),
  ]) {
    const kept = unsoundMemory(value);
    const part = kept.subarray(10, 20);
    const around = new Uint8Array(kept.buffer);
    kept.fill(7);
    value.release();
    expect([kept, part, around].map((view) => view.byteLength)).toEqual([0, 0, 0]);
    kept[0] = 1;
    expect(kept[0]).toBeUndefined();
  }
  expect(pool.usage()).toEqual({ regions: 0, size: 0, liveSlots: 0 });
});
