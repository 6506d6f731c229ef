import { expect, test } from 'vitest';
import { lockStatus } from '../../src/index.js';
import { procField } from '../../src/kernel/limits.js';
import { importing, named, notLinux, printedBy } from '../support/child.js';

test.skipIf(notLinux !== undefined)(
  named('a worker that ends leaves nothing locked', notLinux),
  () => {
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
  },
);

const { limit = 0 } = lockStatus();
const mappingsAreShort = procField('/proc/sys/vm/max_map_count', /^(\d+)/) === '65530';
const short =
  mappingsAreShort && limit >= 2 ** 28 ? undefined : 'the table of mappings is not the limit here';

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
