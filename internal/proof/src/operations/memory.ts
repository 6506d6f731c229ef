/** Operations that have tests of their own: dumps of memory, regions, and the lock limit. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import { LockedConnection } from '@evolock/direct-serialise-io';
import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { LockLimitError, lockStatus } from '@evolock/kes-sum/all';
import {
  mappingAllocator,
  MLockedBytes,
  PooledAllocator,
  pooledAllocator,
} from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { goneRoot, keyAt, liveRoot } from '../secrets/expectation.js';
import { keyOf } from './kes.js';
import { serialised } from './locked-memory.js';
import { holds, layer, MESSAGE, refused, type Operation, type Subject } from './operation.js';

/** Each is no row of the table. */
const aside = { aside: true, once: true } as const;

/** Name of the file of a heap snapshot or a diagnostic report. */
export const DUMP = 'dump';
/** Name of the file that holds the number of regions. */
export const REGIONS = 'regions';

const key = keyAt({ depth: 6, period: 1, signed: true });

function liveKeys(subject: Subject): [KesSigningKey, KesSigningKey] {
  const first = keyOf(sum6Kes, subject);
  first.sign(MESSAGE);
  first.update();
  return [first, first.clone({ allocator: mappingAllocator })];
}

const MANY = 300;

/** Creates regions of every kind: in use, empty and kept in reserve. Writes their number to a file. */
async function everyRegion(subject: Subject): Promise<unknown[]> {
  const keys = liveKeys(subject);
  const pool = new PooledAllocator();
  // All slabs of one size become empty. The pool keeps one of them, and the others go to the reserve.
  const many = Array.from({ length: MANY }, () => MLockedBytes.newZeroed(480, { allocator: pool }));
  for (const each of many) each.release();
  const region = MLockedBytes.newZeroed(12_000, { allocator: mappingAllocator });
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

/** An operation that creates every kind of region. */
export const regionOperation: Operation = layer('regions', aside)(
  'of every kind',
  { ...key, live: [...key.live, 'L', 'R'], gone: [] },
  everyRegion,
);

/** Ways to write the memory of a process to a file. */
const dumps: Readonly<Record<string, (file: string) => void>> = {
  'a core dump': () => setImmediate(() => process.abort()),
  'a heap snapshot': (file) => writeHeapSnapshot(file),
  'a diagnostic report': (file) => process.report.writeReport(file),
};

const dumpOperations: readonly Operation[] = Object.entries(dumps).map(([name, write]) =>
  layer('dumps', { ...aside, stopsItself: name === 'a core dump' })(name, key, (subject) => {
    const keys = liveKeys(subject);
    write(join(subject.folder, DUMP));
    return keys;
  }),
);

/** More values than fit under any lock limit of these processes. */
const TOO_MANY = 10_000;

/** Makes values until no more memory can be locked. Returns them and the error. */
function toTheLimit<Value>(make: () => Value): { made: Value[]; error: LockLimitError } {
  const made: Value[] = [];
  while (made.length < TOO_MANY) {
    try {
      made.push(make());
    } catch (error) {
      if (error instanceof LockLimitError) return { made, error };
      throw error;
    }
  }
  throw new Error(`${TOO_MANY} values were made without reaching the lock limit`);
}

/** A mapping of one page. */
function page(): MLockedBytes {
  return MLockedBytes.newZeroed(4_000, { allocator: mappingAllocator });
}

function linesOf(file: string): number {
  return readFileSync(file, 'latin1').split('\n').length;
}

const TRIES = 200;
/** The number of mappings that the engine may add during the test. */
const NOISE = 64;

const atTheLimit = layer('the lock limit', aside);

/** Operations at the lock limit, which applies only to an ordinary user. */
export const lockLimitOperations: readonly Operation[] = [
  atTheLimit(
    'keys up to the limit, which keep working',
    keyAt({ depth: 6, period: 1, signed: true }),
    (subject) => {
      const first = keyOf(sum6Kes, subject);
      const keys = [first, ...toTheLimit(() => first.clone()).made];
      holds(keys.length > 10, `more than ten keys fit, not ${keys.length}`);
      for (const each of keys) {
        each.sign(MESSAGE);
        each.update();
        each.sign(MESSAGE);
      }
      return keys;
    },
  ),
  layer('the lock limit', { ...aside, lockLimit: 0 })(
    'no memory may be locked at all',
    goneRoot,
    () => {
      refused('ERR_EVOLOCK_LOCK_LIMIT', () => MLockedSeed.newZeroed(32));
      refused('ERR_EVOLOCK_LOCK_LIMIT', () => MLockedSeed.newZeroed(32));
    },
  ),
  atTheLimit('the error says what the limit is and how to raise it', liveRoot, (subject) => {
    const seed = subject.seed();
    const { made, error } = toTheLimit(page);
    const { limit, locked } = lockStatus();
    const parts = [`limit ${limit} bytes`, `locked ${locked} bytes`];
    for (const part of [...parts, '`ulimit -l`', '`LimitMEMLOCK=`', '`--ulimit memlock=`']) {
      holds(error.message.includes(part), `the error contains "${part}": ${error.message}`);
    }
    return [seed, made];
  }),
  atTheLimit('what cannot be locked is given back', liveRoot, async (subject) => {
    const seed = subject.seed();
    const { made } = toTheLimit(page);
    await turn();
    const before = linesOf('/proc/self/maps');
    for (let tries = 0; tries < TRIES; tries += 1) {
      refused('ERR_EVOLOCK_LOCK_LIMIT', page);
      await turn();
    }
    const after = linesOf('/proc/self/maps');
    holds(
      after < before + NOISE,
      `${TRIES} mappings were freed; lines of /proc/self/maps: ${before} before, ${after} after`,
    );
    return [seed, made];
  }),
];

/** All of them. */
export const asideOperations: readonly Operation[] = [
  ...lockLimitOperations,
  ...dumpOperations,
  regionOperation,
];
