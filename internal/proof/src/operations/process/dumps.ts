import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import { LockedConnection } from '@evolock/direct-serialise-io';
import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import {
  mappingAllocator,
  MLockedBytes,
  PooledAllocator,
  pooledAllocator,
} from '@evolock/mlocked-bytes';
import { unsoundMemory } from '@evolock/mlocked-bytes/unsound';
import { keyAt, liveRoot } from '../../secrets/expectation.js';
import { MESSAGE, type Operation, type Subject } from '../operation.js';
import { readFromNative, writeFromNative } from '../../child/raw-sodium.js';
import { holds } from '../refused.js';
import { keyOf, serialised } from '../values/kes.js';

/** Names of the files that the dump operations write into the folder. */
export const SNAPSHOT = 'heap.heapsnapshot';
export const REPORT = 'report.json';
/** Name of the file that holds the number of regions. */
export const REGIONS = 'regions';

const key = keyAt({ depth: 6, period: 1, signed: true });
const PAGE = 4_096;
/** Bytes at the start of a mapping that hold the canary of libsodium. */
const MARGIN = 64;

function liveKeys(subject: Subject): [KesSigningKey, KesSigningKey] {
  const first = keyOf(sum6Kes, subject);
  first.sign(MESSAGE);
  first.update();
  return [first, first.clone({ allocator: mappingAllocator })];
}

function operation(name: string, run: (subject: Subject) => unknown): Operation {
  return { layer: 'dumps', name, expects: key, once: true, run };
}

/** An access of native code to a page of locked memory that is followed by a guard page. */
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

/** Sizes in bytes of the two regions of an underrun. No other region has these sizes. */
const BELOW = 3 * PAGE;
const ABOVE = 5 * PAGE;
const UINT32 = 2 ** 32;

/** The address of the locked region of the given size in bytes. */
function addressOf(size: number): number {
  for (const line of readFileSync('/proc/self/maps', 'latin1').split('\n')) {
    const [start, end] = line.split(/[- ]/, 2).map((address) => Number.parseInt(address, 16));
    if (line.includes(' rw-p ') && size === end! - start!) return start!;
  }
  throw new Error(`no region of ${size} bytes`);
}

/**
 * Native code that writes before the start of a region. Offsets cannot be negative, so the offset is relative to
 * another region at a lower address.
 */
function writeBeforeTheBeginning(): MLockedBytes[] {
  const regions = [BELOW, ABOVE].map((size) =>
    MLockedBytes.newZeroed(size - MARGIN, { allocator: mappingAllocator }),
  );
  const [first, second] = [BELOW, ABOVE].map(addressOf) as [number, number];
  const [from, target, size] = first < second ? [first, second, BELOW] : [second, first, ABOVE];
  const lower = regions[first < second ? 0 : 1]!;
  const offset = target - 1 - (from + MARGIN);
  holds(
    offset > size - MARGIN && offset < UINT32,
    'the other region has a higher address within 4 GiB',
  );
  writeFromNative(unsoundMemory(lower), offset, UINT32 - offset);
  return regions;
}

const MANY = 300;

/** Creates regions of every kind: in use, empty and kept in reserve. Writes their number to a file. */
async function everyRegion(subject: Subject): Promise<unknown[]> {
  const keys = liveKeys(subject);
  const pool = new PooledAllocator();
  // All slabs of one size become empty. The pool keeps one of them, and the others go to the reserve.
  const many = Array.from({ length: MANY }, () => MLockedBytes.newZeroed(480, { allocator: pool }));
  for (const each of many) each.release();
  const region = MLockedBytes.newZeroed(BELOW, { allocator: mappingAllocator });
  const { left, right } = subject.seed().expand();
  // The receive buffer of a connection, and the buffer from which a key is written.
  const socket = join(subject.folder, 'socket');
  const server = createServer().listen(socket);
  const connection = await LockedConnection.connect({ path: socket });
  const staging = serialised(sum6Kes.signingKeySize, keys[0]);
  const pooled = pool.usage().regions + pooledAllocator.usage().regions;
  holds(pool.usage().liveSlots === 0 && pool.usage().regions > 1, 'a pool keeps empty slabs');
  // The clone, the region, the receive buffer, the scratch memory of expansions, that of sum6Kes.
  writeFileSync(join(subject.folder, REGIONS), String(pooled + 5));
  return [keys, pool, region, left, right, server, connection, staging];
}

/** Operations that write the memory of a process to a file. */
export const dumpOperations: readonly Operation[] = [
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

/** An operation that creates every kind of region. */
export const regionOperation: Operation = {
  layer: 'regions',
  name: 'of every kind',
  expects: { ...key, live: [...key.live, 'L', 'R'], gone: [] },
  once: true,
  run: everyRegion,
};

/** Accesses within a mapping and beyond its ends. */
export const guardPageOperations: readonly Operation[] = [
  access('reading to the end', (memory) => readFromNative(memory, PAGE)),
  access('reading a byte behind the end', (memory) => readFromNative(memory, PAGE + 1)),
  access('writing to the end', (memory) => writeFromNative(memory, 0, PAGE)),
  access('writing behind the end', (memory) => writeFromNative(memory, PAGE, UINT32 - PAGE)),
  access('writing before the beginning', writeBeforeTheBeginning),
];
