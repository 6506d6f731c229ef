import { expect, test } from 'vitest';
import { lockStatus } from '../../src/index.js';
import { procField } from '../../src/kernel/limits.js';
import { importing, named, notLinux, printedBy } from '../support/child.js';

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

test('worker threads share no locked memory', () => {
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

test('locked bytes cannot be posted to a worker, or arrive without content before Node.js 22.10', () => {
  const script = `
    import * as threads from 'node:worker_threads';
    ${importing}
    const { port1, port2 } = new threads.MessageChannel();
    const refuses = 'markAsUncloneable' in threads;
    try {
      port1.postMessage(locked.MLockedBytes.fromBytes(Buffer.alloc(64, 99)));
    } catch ({ name }) {
      print({ refuses, name });
    }
    const received = threads.receiveMessageOnPort(port2);
    if (received !== undefined) print({ refuses, keys: Reflect.ownKeys(received.message) });
    port1.close();
  `;
  expect([
    { refuses: true, name: 'DataCloneError' },
    { refuses: false, keys: [] },
  ]).toContainEqual(printedBy(script));
});

const { limit = 0, unlimited = false } = lockStatus();
const mappingsAreShort = procField('/proc/sys/vm/max_map_count', /^(\d+)/) === '65530';
const short =
  mappingsAreShort && (unlimited || limit >= 2 ** 28)
    ? undefined
    : 'the table of mappings is not the limit here';

test.skipIf(short !== undefined)(
  named(
    'threads that fill the kernel’s table of mappings together get an error, not an abort',
    short,
  ),
  () => {
    const script = `
      import { Worker } from 'node:worker_threads';
      import { once } from 'node:events';
      const source = \`
        const { parentPort, workerData } = require('node:worker_threads');
        (async () => {
          const { mappingAllocator } = await import(workerData + 'index.js');
          const slots = [];
          try {
            for (;;) slots.push(mappingAllocator.allocate(32));
          } catch ({ code }) {
            parentPort.postMessage({ code, made: slots.length });
          }
          // Until all have tried.
          parentPort.once('message', () => parentPort.close());
        })();
      \`;
      const workers = Array.from({ length: 20 }, () => new Worker(source, { eval: true, execArgv: [], workerData: build }));
      const messages = await Promise.all(workers.map((worker) => once(worker, 'message')));
      for (const worker of workers) worker.postMessage('end');
      await Promise.all(workers.map((worker) => once(worker, 'exit')));
      const results = messages.map(([message]) => message);
      const made = results.reduce((sum, result) => sum + result.made, 0);
      print({ codes: [...new Set(results.map(({ code }) => code))], many: made > 8_000, mapped: made * 4 < 65_530 - 4_096 });
    `;
    expect(printedBy(script)).toEqual({
      codes: ['ERR_EVOLOCK_REGION_LIMIT'],
      many: true,
      mapped: true,
    });
  },
);
