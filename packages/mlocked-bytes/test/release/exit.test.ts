import { expect, test } from 'vitest';
import { importing, runChild } from '../support/child.js';

/** Secrets in every kind of memory, and a listener after the one of the package, which prints what is left of them. */
const secrets = `
  ${importing}
  const { MLockedBytes, mappingAllocator, PooledAllocator } = locked;
  const values = [
    MLockedBytes.newZeroed(32),
    MLockedBytes.newZeroed(700),
    MLockedBytes.newZeroed(32, { allocator: mappingAllocator }),
    MLockedBytes.newZeroed(10_000),
    MLockedBytes.newZeroed(64, { allocator: new PooledAllocator() }),
    MLockedBytes.newZeroed(5_000, { allocator: mappingAllocator }),
  ];
  const views = values.map((value) => unsoundMemory(value));
  for (const view of views) view.fill(7);
  const before = views.every((view) => view.length > 0 && view.every((byte) => byte === 7));
  process.on('exit', () => {
    print({ before, lengths: views.map((view) => view.length), left: views.map((view) => view.some((byte) => byte !== 0)) });
  });
`;

const ends: [string, string, number][] = [
  ['process.exit', 'process.exit(3)', 3],
  ['process.exit in a callback', 'setImmediate(() => process.exit(4))', 4],
  ['an uncaught exception', 'throw new Error("uncaught")', 1],
  [
    'an uncaught exception in a callback',
    'setImmediate(() => { throw new Error("uncaught"); })',
    1,
  ],
  ['an unhandled rejection', 'Promise.reject(new Error("unhandled"))', 1],
  ['its natural end', '', 0],
];

test.each(ends)('%s leaves no secret in locked memory', (_name, end, status) => {
  const child = runChild(`${secrets}\n${end};`);
  expect(child.status).toBe(status);
  expect(child.signal).toBeNull();
  expect(child.printed).toEqual({
    before: true,
    lengths: [32, 700, 32, 10_000, 64, 5_000],
    left: Array(6).fill(false),
  });
});
