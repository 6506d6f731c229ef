import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import { sum6Kes } from '@evolock/kes-sum';
import { mappingAllocator, MLockedBytes } from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import { keyAt, liveRoot } from '../expectation.js';
import { MESSAGE, type Operation, type Subject } from '../operation.js';
import { readFromNative, writeFromNative } from '../raw-sodium.js';
import { keyOf } from './kes.js';

/** Names of the files that these write into the folder. */
export const SNAPSHOT = 'heap.heapsnapshot';
export const REPORT = 'report.json';

const key = keyAt({ depth: 6, period: 1, signed: true });
const PAGE = 4_096;

function liveKeys(subject: Subject): unknown[] {
  const first = keyOf(sum6Kes, subject);
  first.sign(MESSAGE);
  first.update();
  return [first, first.clone({ allocator: mappingAllocator })];
}

function operation(name: string, run: (subject: Subject) => unknown): Operation {
  return { layer: 'dumps', name, expects: key, once: true, run };
}

/** What native code does to a page of locked memory that ends where its guard page begins. */
function access(name: string, touch: (memory: Uint8Array) => void): Operation {
  return {
    layer: 'guard pages',
    name,
    expects: liveRoot,
    once: true,
    run(subject) {
      const bytes = MLockedBytes.newZeroed(PAGE, { allocator: mappingAllocator });
      touch(unsoundMemory(bytes));
      return [bytes, subject.seed()];
    },
  };
}

/** What writes a process's memory into a file. */
export const dumpOperations: readonly Operation[] = [
  operation('keys in the pool and in a mapping of their own', liveKeys),
  {
    ...operation('abort', (subject) => {
      const keys = liveKeys(subject);
      setImmediate(() => process.abort());
      return keys;
    }),
    stopsItself: true,
  },
  operation('heap snapshot', (subject) => {
    const keys = liveKeys(subject);
    writeHeapSnapshot(join(subject.folder, SNAPSHOT));
    return keys;
  }),
  operation('diagnostic report', (subject) => {
    const keys = liveKeys(subject);
    process.report.writeReport(join(subject.folder, REPORT));
    return keys;
  }),
];

/** What stays inside of a mapping, and what does not. */
export const guardPageOperations: readonly Operation[] = [
  access('reading to the end', (memory) => readFromNative(memory, PAGE)),
  access('reading a byte behind the end', (memory) => readFromNative(memory, PAGE + 1)),
  access('writing to the end', (memory) => writeFromNative(memory, 0, PAGE)),
  access('writing behind the end', (memory) => writeFromNative(memory, PAGE, 2 ** 32 - PAGE)),
];
