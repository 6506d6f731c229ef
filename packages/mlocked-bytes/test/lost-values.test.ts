import { expect, test } from 'vitest';
import { importing, named, notLinux, printedBy } from './support/child.js';

const collecting = `
  import { subscribe } from 'node:diagnostics_channel';
  ${importing}
  const lost = [];
  subscribe('evolock:memory:lost', (message) => lost.push(message));
  /** Collects until something is said to be lost, or long enough to know that nothing is. */
  async function collect(expected) {
    for (let turn = 0; turn < 50 && lost.length < expected; turn += 1) {
      globalThis.gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
`;

const options = { nodeArguments: ['--expose-gc'] };

test('a value that the program loses is wiped, given back and reported, without its content', () => {
  const script = `
    ${collecting}
    const view = (() => {
      const bytes = locked.MLockedBytes.fromBytes(Buffer.alloc(32, 7));
      return unsoundMemory(bytes);
    })();
    const before = locked.pooledAllocator.usage().liveSlots;
    await collect(1);
    const after = locked.pooledAllocator.usage().liveSlots;
    print({ before, after, lost, zero: view.every((byte) => byte === 0) });
  `;
  expect(printedBy(script, options)).toEqual({
    before: 1,
    after: 0,
    lost: [{ type: 'MLockedBytes', size: 32 }],
    zero: true,
  });
});

test('a value that was released, or that a chunk holds, is not lost', () => {
  const script = `
    ${collecting}
    const chunk = locked.MLockedBytes.fromBytes(Buffer.alloc(32, 7)).chunk(0, 8);
    for (let index = 0; index < 100; index += 1) locked.MLockedBytes.newZeroed(32).release();
    await collect(1);
    print({ lost, kept: chunk.withBytes((view) => view[0]) });
  `;
  expect(printedBy(script, options)).toEqual({ lost: [], kept: 7 });
});

test.skipIf(notLinux !== undefined)(
  named('a pool that the program loses gives its regions back', notLinux),
  () => {
    const script = `
    ${collecting}
    const before = locked.lockStatus().locked;
    for (let index = 0; index < 10; index += 1) {
      new locked.PooledAllocator().allocate(32).release();
    }
    const lostPools = locked.lockStatus().locked - before;
    for (let turn = 0; turn < 50 && locked.lockStatus().locked !== before; turn += 1) await collect(Infinity);
    print({ pages: lostPools / 4096, after: locked.lockStatus().locked - before });
  `;
    expect(printedBy(script, options)).toEqual({ pages: 10, after: 0 });
  },
);
