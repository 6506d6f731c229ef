import * as threads from 'node:worker_threads';
import { expect, test } from 'vitest';
import { lockStatus } from '../../src/index.js';
import { procField } from '../../src/kernel/limits.js';
import { importing, notLinux, printedBy, testUnless } from '../support/child.js';

testUnless(notLinux, 'a worker that ends leaves nothing locked', () => {
  const script = `
      import { Worker } from 'node:worker_threads';
      import { once } from 'node:events';
      ${importing}
      const source = \`
        const { parentPort, workerData } = require('node:worker_threads');
        (async () => {
          const { MLockedBytes, lockStatus } = await import(workerData + 'index.js');
          const values = Array.from({ length: 100 }, () => MLockedBytes.newZeroed(64));
          parentPort.postMessage(lockStatus().locked);
        })();
      \`;
      const value = locked.MLockedBytes.newZeroed(64);
      const before = locked.lockStatus().locked;
      const worker = new Worker(source, { eval: true, execArgv: [], workerData: build });
      const [[during]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
      print({ more: during > before, after: locked.lockStatus().locked - before });
    `;
  expect(printedBy(script)).toEqual({ more: true, after: 0 });
});

const { limit = 0 } = lockStatus();
const mappingsAreShort = procField('/proc/sys/vm/max_map_count', /^(\d+)/) === '65530';
const short =
  mappingsAreShort && limit >= 2 ** 28 ? undefined : 'the table of mappings is not the limit here';

testUnless(
  short,
  'threads that fill the kernel’s table of mappings together get an error, not an abort',
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

test('threads that fill their slots at the same time share none, and a posted value carries no secret', () => {
  const script = `
    import { Worker } from 'node:worker_threads';
    import { once } from 'node:events';
    ${importing}
    const source = \`
      const { parentPort, workerData: { build, barrier, id } } = require('node:worker_threads');
      const meet = (all) => {
        Atomics.add(barrier, 0, 1);
        Atomics.notify(barrier, 0);
        for (let seen = Atomics.load(barrier, 0); seen < all; seen = Atomics.load(barrier, 0))
          Atomics.wait(barrier, 0, seen, 100);
      };
      import(build + 'index.js').then(({ MLockedBytes }) => {
        const wrong = { dirty: 0, changed: 0 };
        const filled = (value, byte) => value.withBytes((bytes) => bytes.every((each) => each === byte));
        for (let round = 1; round <= 40; round += 1) {
          const values = Array.from({ length: 64 }, (_, index) => MLockedBytes.newZeroed([32, 64, 200, 1000][index % 4]));
          wrong.dirty += values.filter((value) => !filled(value, 0)).length;
          for (const value of values) value.withBytes((bytes) => void bytes.fill(100 + id));
          meet(4 * round);
          wrong.changed += values.filter((value) => !filled(value, 100 + id)).length;
          for (const value of values) value.release();
        }
        try {
          parentPort.postMessage({ ...wrong, posted: MLockedBytes.fromBytes(new Uint8Array(32).fill(id)) });
        } catch ({ name }) {
          parentPort.postMessage({ ...wrong, posted: { [name]: name } });
        }
      });
    \`;
    const barrier = new Int32Array(new SharedArrayBuffer(4));
    const own = locked.MLockedBytes.fromBytes(new Uint8Array(64).fill(99));
    const workers = [0, 1, 2, 3].map((id) => new Worker(source, { eval: true, execArgv: [], workerData: { build, barrier, id } }));
    const messages = await Promise.all(workers.map((worker) => once(worker, 'message')));
    print({ wrong: messages.flat(), own: own.withBytes((bytes) => bytes.every((byte) => byte === 99)) });
  `;
  const posted = 'markAsUncloneable' in threads ? { DataCloneError: 'DataCloneError' } : {};
  const wrong = { dirty: 0, changed: 0, posted };
  expect(printedBy(script)).toEqual({ wrong: [wrong, wrong, wrong, wrong], own: true });
});
