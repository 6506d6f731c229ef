import { expect, test } from 'vitest';
import { lockStatus, mappingAllocator, MLockedBytes } from '../../src/index.js';
import { MAX_REGIONS } from '../../src/kernel/limits.js';
import { unsoundMemory } from '../../src/unsound.js';
import { importing, named, printedBy } from '../support/child.js';

test('a view that is kept of a mapping of its own is empty after the release', () => {
  for (const make of [
    () => MLockedBytes.newZeroed(100, { allocator: mappingAllocator }),
    () => MLockedBytes.newZeroed(128, { allocator: mappingAllocator }),
    () => MLockedBytes.newZeroed(100, { allocator: mappingAllocator }),
  ]) {
    const value = make();
    const kept = unsoundMemory(value);
    const part = kept.subarray(10, 20);
    const around = new Uint8Array(kept.buffer);
    kept.fill(7);
    value.release();
    expect([kept, part, around].map((view) => view.byteLength)).toEqual([0, 0, 0]);
    expect(kept[0]).toBeUndefined();
    kept[0] = 1;
    expect(kept[0]).toBeUndefined();
  }
});

test('no two objects share a mapping', () => {
  const values = Array.from({ length: 20 }, () =>
    MLockedBytes.newZeroed(32, { allocator: mappingAllocator }),
  );
  expect(new Set(values.map((value) => unsoundMemory(value).buffer)).size).toBe(20);
  for (const value of values) value.release();
});

const { limit = Infinity, unlimited = true } = lockStatus();
const tooLow =
  unlimited || limit >= 2 ** 26 ? undefined : 'the lock limit is below that of the regions';

test.skipIf(tooLow !== undefined)(
  named('the region limit is an error and no abort, and passes when regions are released', tooLow),
  () => {
    const script = `
      ${importing}
      const { MLockedBytes, mappingAllocator } = locked;
      const options = { allocator: mappingAllocator };
      const values = [];
      let error;
      try {
        for (;;) values.push(MLockedBytes.newZeroed(32, options));
      } catch (caught) {
        error = caught;
      }
      const code = (use) => { try { use(); return 'none'; } catch (caught) { return caught.code; } };
      const region = code(() => MLockedBytes.newZeroed(32, { allocator: mappingAllocator }));
      // The pool is full of room, or makes a region and fails alike.
      const pooled = code(() => MLockedBytes.newZeroed(32));
      const { length } = values;
      for (const value of values) unsoundMemory(value).fill(7);
      const alive = values.every((value) => unsoundMemory(value).every((byte) => byte === 7));
      for (const value of values.splice(0, 10)) value.release();
      const atOnce = code(() => MLockedBytes.newZeroed(32, options));
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      for (let index = 0; index < 10; index += 1) values.push(MLockedBytes.newZeroed(32, options));
      const again = code(() => MLockedBytes.newZeroed(32, options));
      print({ length, code: error.code, name: error.name, message: error.message, region, pooled, alive, atOnce, again });
    `;
    const limited = 'ERR_EVOLOCK_REGION_LIMIT';
    expect(printedBy(script)).toMatchObject({
      length: MAX_REGIONS,
      code: limited,
      name: 'RegionLimitError',
      message: expect.stringMatching(/4096 .*pooled allocator.*event loop/) as string,
      region: limited,
      pooled: limited,
      alive: true,
      atOnce: limited,
      again: limited,
    });
  },
);

test.skipIf(tooLow !== undefined)(
  named('a synchronous loop of mappings needs few of them at once', tooLow),
  () => {
    const script = `
      ${importing}
      let most = 0;
      for (let cycle = 0; cycle < 20_000; cycle += 1) {
        const region = locked.MLockedBytes.newZeroed(32, { allocator: locked.mappingAllocator });
        const memory = unsoundMemory(region);
        if (memory.length !== 32 || !memory.every((byte) => byte === 0)) print('not fresh');
        memory.fill(7);
        region.release();
        if (cycle % 500 === 0) most = Math.max(most, locked.lockStatus().locked ?? 0);
      }
      print({ few: most < 1_024 * 4_096 });
    `;
    expect(printedBy(script)).toEqual({ few: true });
  },
);

test('a second release of a slot does not affect the next owner of its memory', () => {
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

test.skipIf(tooLow !== undefined)(
  named(
    'mappings of many sizes, released in one turn of the event loop, stay within the region limit',
    tooLow,
  ),
  () => {
    const script = `
      ${importing}
      let code;
      try {
        for (let round = 1; round <= 6; round += 1) {
          const slots = Array.from({ length: 3_000 }, () => locked.mappingAllocator.allocate(32 * round));
          for (const slot of slots) slot.release();
        }
      } catch (error) {
        code = error.code;
      }
      const regions = (locked.lockStatus().locked ?? 0) / 4_096;
      print({ code, regions: regions <= 4096 ? 'few' : regions });
    `;
    const { code, regions } = printedBy(script) as { code?: string; regions: unknown };
    // They may all fit, or an error may ask for a turn of the event loop.
    expect([undefined, 'ERR_EVOLOCK_REGION_LIMIT']).toContain(code);
    expect(regions).toBe('few');
  },
);
