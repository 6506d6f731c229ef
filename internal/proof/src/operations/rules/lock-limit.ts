import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { LockLimitError, lockStatus, sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import { mappingAllocator, MLockedBytes } from '@evolock/mlocked-bytes';
import { MLockedSeed } from '@evolock/mlocked-seed';
import { goneRoot, keyAt, liveRoot } from '../../secrets/expectation.js';
import { MESSAGE, type Operation } from '../operation.js';
import { holds, refused } from '../refused.js';
import { keyOf } from '../values/kes.js';

/** More values than fit under any lock limit of these processes. */
const TOO_MANY = 10_000;

/** Makes clones until no more memory can be locked. */
function cloneToTheLimit(key: KesSigningKey): KesSigningKey[] {
  const clones: KesSigningKey[] = [];
  while (clones.length < TOO_MANY) {
    try {
      clones.push(key.clone());
    } catch (error) {
      if (error instanceof LockLimitError) return clones;
      throw error;
    }
  }
  throw new Error(`${TOO_MANY} keys were made without reaching the lock limit`);
}

/** Locks pages until no more memory can be locked, and returns them. */
function fillTheLimit(): MLockedBytes[] {
  const pages: MLockedBytes[] = [];
  while (pages.length < TOO_MANY) {
    try {
      pages.push(page());
    } catch (error) {
      if (error instanceof LockLimitError) return pages;
      throw error;
    }
  }
  throw new Error(`${TOO_MANY} pages were locked without reaching the lock limit`);
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

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String(error);
  }
  return 'nothing was thrown';
}

/** Operations at the lock limit, which applies only to an ordinary user. */
export const lockLimitOperations: readonly Operation[] = [
  {
    layer: 'the lock limit',
    name: 'keys up to the limit, which keep working',
    expects: keyAt({ depth: 6, period: 1, signed: true }),
    once: true,
    run(subject) {
      const key = keyOf(sum6Kes, subject);
      const keys = [key, ...cloneToTheLimit(key)];
      holds(keys.length > 10, `more than ten keys fit, not ${keys.length}`);
      for (const each of keys) {
        each.sign(MESSAGE);
        each.update();
        each.sign(MESSAGE);
      }
      return keys;
    },
  },
  {
    layer: 'the lock limit',
    name: 'no memory may be locked at all',
    expects: goneRoot,
    once: true,
    lockLimit: 0,
    run() {
      refused('ERR_EVOLOCK_LOCK_LIMIT', () => MLockedSeed.newZeroed(32));
      refused('ERR_EVOLOCK_LOCK_LIMIT', () => MLockedSeed.newZeroed(32));
    },
  },
  {
    layer: 'the lock limit',
    name: 'the error says what the limit is and how to raise it',
    expects: liveRoot,
    once: true,
    run(subject) {
      const seed = subject.seed();
      const pages = fillTheLimit();
      const message = messageOf(page);
      const { limit, locked } = lockStatus();
      const parts = [`limit ${limit} bytes`, `locked ${locked} bytes`];
      for (const part of [...parts, '`ulimit -l`', '`LimitMEMLOCK=`', '`--ulimit memlock=`']) {
        holds(message.includes(part), `the error contains "${part}": ${message}`);
      }
      return [seed, pages];
    },
  },
  {
    layer: 'the lock limit',
    name: 'what cannot be locked is given back',
    expects: liveRoot,
    once: true,
    async run(subject) {
      const seed = subject.seed();
      const pages = fillTheLimit();
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
      return [seed, pages];
    },
  },
];
