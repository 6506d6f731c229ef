import { codeOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import {
  mappingAllocator,
  MLockedBytes,
  pooledAllocator,
  PooledAllocator,
} from '../../src/index.js';
import { releaseAll } from '../../src/release-all.js';
import { endOnRelease, unsoundMemory, whileUnderWay } from '../../src/unsound.js';
import { importing, printedBy, runChild } from '../support/child.js';

/** A promise that the test settles. */
function deferred(): { readonly promise: Promise<void>; resolve(): void; reject(): void } {
  let resolve!: () => void;
  let reject!: () => void;
  const promise = new Promise<void>((one, other) => {
    resolve = one;
    reject = () => other(new Error('failed'));
  });
  return { promise, resolve, reject };
}

/** The next turn of the event loop. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('releases every value of every allocator, and may be called again', async () => {
  for (let round = 0; round < 3; round += 1) {
    const own = new PooledAllocator();
    const values = [
      MLockedBytes.newZeroed(32),
      MLockedBytes.newZeroed(700),
      MLockedBytes.newZeroed(64, { allocator: own }),
      MLockedBytes.newZeroed(64, { allocator: mappingAllocator }),
      MLockedBytes.newZeroed(5_000, { allocator: mappingAllocator }),
    ];
    const views = values.map((value) => unsoundMemory(value));
    for (const view of views) view.fill(7);
    await releaseAll();
    for (const value of values) expect(value.released).toBe(true);
    expect(codeOf(() => unsoundMemory(values[0]!))).toBe('ERR_EVOLOCK_RELEASED');
    // A view on a mapping of its own is detached.
    const left = views.filter((view) => view.byteLength > 0 && view.some((byte) => byte !== 0));
    expect(left).toEqual([]);
    expect(pooledAllocator.usage().liveSlots).toBe(0);
    expect(own.usage().liveSlots).toBe(0);
    // A later release by the owner does not affect the next owner.
    const next = MLockedBytes.fromBytes(new Uint8Array(32).fill(9));
    for (const value of values) value.release();
    expect(next.withBytes((bytes) => bytes.every((byte) => byte === 9))).toBe(true);
    next.release();
  }
});

test('waits for transfers, also for those that begin meanwhile, however they end', async () => {
  const bytes = MLockedBytes.newZeroed(32);
  const [first, second] = [deferred(), deferred()];
  const transfer = whileUnderWay(first.promise);
  transfer.catch(() => undefined);
  let done = false;
  const released = releaseAll().then(() => (done = true));
  await turn();
  expect([done, bytes.released]).toEqual([false, false]);
  void whileUnderWay(second.promise);
  first.reject();
  await turn();
  expect([done, bytes.released]).toEqual([false, false]);
  second.resolve();
  await released;
  expect(bytes.released).toBe(true);
  await expect(transfer).rejects.toThrow('failed');
});

test('ends waiting connections, once, when no transfer is in progress', async () => {
  const bytes = MLockedBytes.newZeroed(32);
  const transfer = deferred();
  const ends: boolean[] = [];
  endOnRelease(async () => {
    ends.push(bytes.released);
    await turn();
    ends.push(bytes.released);
  });
  const withdraw = endOnRelease(() => Promise.reject(new Error('withdrawn')));
  withdraw();
  void whileUnderWay(transfer.promise);
  const released = releaseAll();
  await turn();
  expect(ends).toEqual([]);
  transfer.resolve();
  await released;
  expect(ends).toEqual([false, false]);
  await releaseAll();
  expect(ends).toEqual([false, false]);
});

test('a value that is lent during the call stays alive for the callback', async () => {
  const bytes = MLockedBytes.fromBytes(Uint8Array.of(7));
  let released: Promise<void> | undefined;
  const seen = bytes.withBytes((view) => {
    released = releaseAll();
    return view[0];
  });
  expect(seen).toBe(7);
  await released;
  expect(bytes.released).toBe(true);
});

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

test('an error in an exit listener says that the process is ending', () => {
  const script = `
    ${importing}
    const bytes = locked.MLockedBytes.newZeroed(32);
    process.on('exit', () => {
      try {
        bytes.zero();
      } catch ({ code, message }) {
        print({ code, message });
      }
    });
  `;
  expect(printedBy(script)).toEqual({
    code: 'ERR_EVOLOCK_RELEASED',
    message: expect.stringMatching(/MLockedBytes.*the process is ending/) as string,
  });
});
