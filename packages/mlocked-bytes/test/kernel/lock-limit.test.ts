import { asOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { expect, test } from 'vitest';
import { lockStatus } from '../../src/index.js';
import { importing, named, notLinux, noOrdinaryUser, printedBy } from '../support/child.js';

const LIMIT = 65_536;
const options = { prefix: asOrdinaryUser(64) };
const skipped = noOrdinaryUser;

const untilFailure = `
  ${importing}
  const { MLockedBytes, mappingAllocator, pooledAllocator, PooledAllocator } = locked;
  const values = [];
  /** Allocates until that fails, and returns the error. */
  function exhaust(make) {
    const before = values.length;
    for (;;) {
      if (values.length - before > 10_000) return new Error('there is no limit');
      try {
        const value = make();
        if (!unsoundMemory(value).every((byte) => byte === 0)) print('not zero');
        unsoundMemory(value).fill(values.length % 256);
        values.push(value);
      } catch (error) {
        return error;
      }
    }
  }
  const intact = () =>
    values.every((value, index) => value.released || unsoundMemory(value).every((byte) => byte === index % 256));
  const described = ({ code, name, message, limit, locked, size }) => ({ code, name, message, limit, locked, size });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
`;

const lockLimitError = {
  code: 'ERR_EVOLOCK_LOCK_LIMIT',
  name: 'LockLimitError',
  limit: LIMIT,
};

/** The contents of a lock limit error. */
function expectHelp(message: string): void {
  for (const help of ['ulimit -l', 'LimitMEMLOCK', 'container', '65536']) {
    expect(message).toContain(help);
  }
}

test.skipIf(skipped !== undefined)(
  named('a pool fails at the lock limit with an error that states how to raise it', skipped),
  () => {
    const script = `
      ${untilFailure}
      const error = exhaust(() => MLockedBytes.newZeroed(32));
      const status = locked.lockStatus();
      const usage = pooledAllocator.usage();
      const before = intact();
      const count = values.length;
      const last = values.at(-1);
      for (const value of values.slice(0, count / 2)) value.release();
      const after = intact();
      const again = [];
      for (let index = 0; index < Math.floor(count / 2); index += 1) again.push(MLockedBytes.newZeroed(32));
      const zero = again.every((value) => unsoundMemory(value).every((byte) => byte === 0));
      print({ error: described(error), status, usage, before, count, after, again: again.length, zero, still: intact() });
    `;
    const printed = printedBy(script, options) as {
      error: { message: string; size: number; locked: number };
      status: { locked: number };
      count: number;
      again: number;
      usage: { size: number; liveSlots: number };
    };
    expect(printed).toMatchObject({
      error: lockLimitError,
      status: { limit: LIMIT, unlimited: false },
      before: true,
      after: true,
      zero: true,
      still: true,
    });
    const { error, status, count, again, usage } = printed;
    expectHelp(error.message);
    expect(status.locked).toBeLessThanOrEqual(LIMIT);
    expect(error.locked).toBeLessThanOrEqual(LIMIT);
    // Nearly all of the limit is used, down to the last page.
    expect(count * 32).toBeGreaterThan(LIMIT * 0.9);
    expect(usage.liveSlots).toBe(count);
    expect(usage.size).toBeLessThanOrEqual(LIMIT);
    expect(again).toBe(Math.floor(count / 2));
  },
);

test.skipIf(skipped !== undefined)(
  named('mappings fail at the lock limit, and can be made again after a release', skipped),
  () => {
    const script = `
      ${untilFailure}
      const make = () => MLockedBytes.newZeroed(32, { allocator: mappingAllocator });
      const error = exhaust(make);
      const count = values.length;
      const before = intact();
      for (const value of values.slice(0, 4)) value.release();
      await turn();
      await turn();
      const error2 = exhaust(make);
      print({ error: described(error), error2: described(error2), count, total: values.length, before, after: intact() });
    `;
    const printed = printedBy(script, options) as {
      error: { message: string };
      count: number;
      total: number;
    };
    expect(printed).toMatchObject({
      error: { ...lockLimitError, size: 32 },
      error2: lockLimitError,
      before: true,
      after: true,
    });
    expectHelp(printed.error.message);
    expect(printed.count).toBeGreaterThan(8);
    expect(printed.count).toBeLessThanOrEqual(16);
    expect(printed.total).toBe(printed.count + 4);
  },
);

test.skipIf(skipped !== undefined)(
  named('memory that cannot be locked is never handed out, whatever its size', skipped),
  () => {
    const script = `
      ${untilFailure}
      const errors = [];
      for (const size of [65_537, 131_072, 1_000_000]) {
        for (const allocator of [mappingAllocator, pooledAllocator]) {
          try {
            MLockedBytes.newZeroed(size, { allocator });
            errors.push('handed out');
          } catch (error) {
            errors.push({ code: error.code, size: error.size >= size });
          }
        }
      }
      await turn();
      await turn();
      print({ errors, locked: locked.lockStatus().locked, works: MLockedBytes.newZeroed(32).size });
    `;
    expect(printedBy(script, options)).toEqual({
      errors: Array(6).fill({ code: lockLimitError.code, size: true }),
      locked: 0,
      works: 32,
    });
  },
);

test.skipIf(skipped !== undefined)(
  named('a size without a region gets an empty one of another size', skipped),
  () => {
    const script = `
      ${untilFailure}
      const error = exhaust(() => MLockedBytes.newZeroed(32));
      for (const value of values) value.release();
      const others = [64, 128, 512, 2_048].map((size) => MLockedBytes.newZeroed(size));
      print({ code: error.code, sizes: others.map((value) => value.size) });
    `;
    expect(printedBy(script, options)).toEqual({
      code: lockLimitError.code,
      sizes: [64, 128, 512, 2_048],
    });
  },
);

test.skipIf(skipped !== undefined)(
  named('an error of the pool does not change its usage', skipped),
  () => {
    const script = `
      ${untilFailure}
      exhaust(() => MLockedBytes.newZeroed(100));
      const usage = JSON.stringify(pooledAllocator.usage());
      for (let time = 0; time < 50; time += 1) exhaust(() => MLockedBytes.newZeroed(100));
      exhaust(() => MLockedBytes.newZeroed(700));
      await turn();
      await turn();
      print({ same: JSON.stringify(pooledAllocator.usage()) === usage, intact: intact() });
    `;
    expect(printedBy(script, options)).toEqual({ same: true, intact: true });
  },
);

test.skipIf(notLinux !== undefined)(
  named('the lock status is the one of the kernel', notLinux),
  () => {
    const { limit, locked, unlimited } = lockStatus();
    expect(typeof limit).toBe('number');
    expect(locked).toBeGreaterThanOrEqual(0);
    expect(typeof unlimited).toBe('boolean');
  },
);

test.skipIf(skipped !== undefined)(
  named('the lock status of an ordinary user has the limit of the shell', skipped),
  () => {
    const script = `${importing} print(locked.lockStatus());`;
    for (const kibibytes of [64, 512, 0]) {
      const prefix = asOrdinaryUser(kibibytes);
      expect(printedBy(script, { prefix })).toMatchObject({
        limit: kibibytes * 1_024,
        locked: 0,
        unlimited: false,
      });
    }
  },
);

test.skipIf(skipped !== undefined)(
  named('a synchronous loop of large objects does not use up the lock limit', skipped),
  () => {
    const script = `
      ${importing}
      let cycles = 0;
      let code = 'none';
      try {
        for (; cycles < 100; cycles += 1) locked.MLockedBytes.newZeroed(1_000_000).release();
      } catch (error) {
        code = error.code;
      }
      print({ cycles, code });
    `;
    const prefix = asOrdinaryUser(8_192);
    expect(printedBy(script, { prefix })).toEqual({ cycles: 100, code: 'none' });
  },
);

test.skipIf(skipped !== undefined)(
  named('a synchronous loop of mappings does not use up a small lock limit', skipped),
  () => {
    const script = `
      ${importing}
      let cycles = 0;
      let code = 'none';
      try {
        for (; cycles < 1_000; cycles += 1) {
          locked.mappingAllocator.allocate(32).release();
          locked.withMLockedBytes(2_049, () => undefined);
        }
      } catch (error) {
        code = error.code;
      }
      print({ cycles, code });
    `;
    const prefix = asOrdinaryUser(64);
    expect(printedBy(script, { prefix })).toEqual({ cycles: 1_000, code: 'none' });
  },
);

test.skipIf(skipped !== undefined)(
  named('empty regions of other sizes are used before the limit is an error', skipped),
  () => {
    const script = `
      ${importing}
      // Sixteen sizes with a page each reach the limit. Each keeps its page.
      for (let size = 32; size <= 512; size += 32) locked.MLockedBytes.newZeroed(size).release();
      const before = locked.lockStatus().locked;
      const others = [1_024, 2_048].map((size) => locked.MLockedBytes.newZeroed(size));
      const fresh = others.every((value) => unsoundMemory(value).every((byte) => byte === 0));
      print({ before, sizes: others.map((value) => value.size), fresh });
    `;
    expect(printedBy(script, options)).toEqual({
      before: LIMIT,
      sizes: [1_024, 2_048],
      fresh: true,
    });
  },
);

test.skipIf(skipped !== undefined)(
  named(
    'empty regions of a pool are used by another pool and by large objects at the limit',
    skipped,
  ),
  () => {
    const script = `
      ${untilFailure}
      const other = new PooledAllocator();
      const error = exhaust(() => MLockedBytes.newZeroed(2_048));
      const { regions } = pooledAllocator.usage();
      for (const value of values.splice(0)) value.release();
      const sizes = [];
      const take = (size, options) => sizes.push(MLockedBytes.newZeroed(size, options).size);
      take(32, { allocator: other });
      take(4_000);
      take(8_000);
      take(64, { allocator: mappingAllocator });
      take(1_024, { allocator: other });
      print({ code: error.code, regions: regions > 1, sizes, empty: pooledAllocator.usage().size });
    `;
    expect(printedBy(script, options)).toEqual({
      code: lockLimitError.code,
      regions: true,
      sizes: [32, 4_000, 8_000, 64, 1_024],
      empty: 0,
    });
  },
);
