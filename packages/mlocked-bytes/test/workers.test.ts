import { expect, test } from 'vitest';
import { importing, named, notLinux, printedBy } from './support/child.js';

/** Starts workers that meet at a barrier, each with locked memory of its own. */
const workers = `
  import { Worker } from 'node:worker_threads';
  import { once } from 'node:events';
  ${importing}
  const source = (build) => \`
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      const { MLockedBytes, pooledAllocator, lockStatus } = await import('\${build}index.js');
      const values = Array.from({ length: 100 }, () => MLockedBytes.newZeroed(64));
      const zero = values.every((value) => value.withBytes((view) => view.every((byte) => byte === 0)));
      for (const value of values) value.withBytes((view) => { view.fill(workerData.id); });
      const meeting = new Int32Array(workerData.meeting);
      Atomics.add(meeting, 0, 1);
      Atomics.notify(meeting, 0);
      for (let seen = Atomics.load(meeting, 0); seen < workerData.parties; seen = Atomics.load(meeting, 0)) {
        Atomics.wait(meeting, 0, seen);
      }
      const kept = values.every((value) => value.withBytes((view) => view.every((byte) => byte === workerData.id)));
      parentPort.postMessage({ zero, kept, live: pooledAllocator.usage().liveSlots, locked: lockStatus().locked });
    })();
  \`;
  async function run(parties) {
    const meeting = new SharedArrayBuffer(4);
    const started = Array.from({ length: parties }, (_, index) =>
      new Worker(source(build), { eval: true, execArgv: [], workerData: { id: index + 1, parties, meeting } }));
    const ends = started.map((worker) => once(worker, 'exit'));
    const messages = await Promise.all(started.map((worker) => once(worker, 'message')));
    await Promise.all(ends);
    return messages.map(([message]) => message);
  }
`;

test('worker threads have memory of their own', () => {
  const script = `
    ${workers}
    const value = locked.MLockedBytes.fromBytes(Buffer.alloc(64, 99));
    const results = await run(2);
    print({
      results: results.map(({ zero, kept, live }) => ({ zero, kept, live })),
      main: unsoundMemory(value).every((byte) => byte === 99),
      live: locked.pooledAllocator.usage().liveSlots,
    });
  `;
  const own = { zero: true, kept: true, live: 100 };
  expect(printedBy(script)).toEqual({ results: [own, own], main: true, live: 1 });
});

test.skipIf(notLinux !== undefined)(
  named('a worker that ends leaves nothing locked', notLinux),
  () => {
    const script = `
      ${workers}
      const value = locked.MLockedBytes.newZeroed(64);
      const before = locked.lockStatus().locked;
      const results = await run(2);
      print({ more: results.every((result) => result.locked > before), after: locked.lockStatus().locked - before });
    `;
    expect(printedBy(script)).toEqual({ more: true, after: 0 });
  },
);

test('locked bytes that are posted to a worker arrive without content', () => {
  const script = `
    import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
    ${importing}
    const { port1, port2 } = new MessageChannel();
    port1.postMessage(locked.MLockedBytes.fromBytes(Buffer.alloc(64, 99)));
    const { message } = receiveMessageOnPort(port2);
    print({ keys: Reflect.ownKeys(message), text: String(message) });
    port1.close();
  `;
  expect(printedBy(script)).toEqual({ keys: [], text: '[object Object]' });
});
