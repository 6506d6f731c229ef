import { expect, test } from 'vitest';
import { importing, notLinux, printedBy, testUnless } from '../support/child.js';

const collecting = `
  import { subscribe } from 'node:diagnostics_channel';
  ${importing}
  const lost = [];
  subscribe('evolock:memory:lost', (message) => lost.push(message));
  async function collectOnce() {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  /** Collects until so many reports have arrived, or long enough to know that they do not. */
  async function collect(expected) {
    for (let turn = 0; turn < 50 && lost.length < expected; turn += 1) await collectOnce();
  }
  /** Collects the same number of times, whatever is reported. */
  async function collectOn() {
    for (let turn = 0; turn < 50; turn += 1) await collectOnce();
  }
`;

const options = { nodeArguments: ['--expose-gc'] };

interface Printed {
  readonly first: readonly { readonly type: string; readonly size: number }[];
}

test('every value that the program loses is wiped, given back and reported once, without its content', () => {
  const script = `
    ${collecting}
    const { MLockedBytes, mappingAllocator, pooledAllocator } = locked;
    const before = pooledAllocator.usage().liveSlots;
    // What was released is not lost.
    for (let index = 0; index < 100; index += 1) MLockedBytes.newZeroed(32).release();
    // Each size occurs once, so that a report identifies its value.
    const views = (() => {
      const bytes = [16, 17, 18, 19, 20].map((size) => MLockedBytes.fromBytes(Buffer.alloc(size, 7)));
      const mapped = MLockedBytes.fromBytes(Buffer.alloc(64, 7), { allocator: mappingAllocator });
      return [...bytes, mapped].map((value) => [value.size, unsoundMemory(value)]);
    })();
    await collect(views.length);
    const first = [...lost];
    // The memory of a lost value is wiped for its next owner, whose content then stays.
    // The view of a mapping of its own is detached.
    const unwiped = views.filter(([, view]) => view.byteLength > 0 && view.some((byte) => byte !== 0));
    const after = pooledAllocator.usage().liveSlots;
    const next = views.map(([size]) => MLockedBytes.fromBytes(Buffer.alloc(size, 9)));
    await collectOn();
    const kept = next.every((value) => value.withBytes((view) => view.every((byte) => byte === 9)));
    print({ left: after - before, first, later: lost.slice(first.length), unwiped: unwiped.length, kept });
  `;
  const { first, ...others } = printedBy(script, options) as Printed;
  const bySize = first.toSorted((left, right) => left.size - right.size);
  expect(bySize).toEqual([
    ...[16, 17, 18, 19, 20, 64].map((size) => ({ type: 'MLockedBytes', size })),
  ]);
  expect(others).toEqual({ left: 0, later: [], unwiped: 0, kept: true });
});

testUnless(notLinux, 'a pool that the program loses gives its regions back', () => {
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
});
