// What happens at a limit: of locked memory, of regions, of memory.
import { spawnSync } from 'node:child_process';
import { asOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { expect } from 'vitest';
import { lockStatus, MemoryRefusedError } from '../../src/index.js';
import { MAX_REGIONS } from '../../src/kernel/limits.js';
import { importing, noOrdinaryUser, notLinux, printedBy, testUnless } from '../support/child.js';

const LIMIT = 65_536;

const prelude = `
  ${importing}
  const { MLockedBytes, lockStatus, mappingAllocator, pooledAllocator, PooledAllocator } = locked;
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
  const twoTurns = async () => {
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
`;

/** What a script prints that may lock so many KiB. */
const printedUnder = (script: string, kibibytes = 64, nodeArguments: readonly string[] = []) =>
  printedBy(prelude + script, { prefix: asOrdinaryUser(kibibytes), nodeArguments });

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

const underALockLimit = (name: string, run: () => void): void =>
  testUnless(noOrdinaryUser, name, run);

underALockLimit('a pool fails at the lock limit with an error that states how to raise it', () => {
  const printed = printedUnder(`
    const error = exhaust(() => MLockedBytes.newZeroed(32));
    const status = lockStatus();
    const usage = pooledAllocator.usage();
    const before = intact();
    const count = values.length;
    for (let time = 0; time < 50; time += 1) exhaust(() => MLockedBytes.newZeroed(time === 0 ? 700 : 32));
    const unchanged = JSON.stringify(pooledAllocator.usage()) === JSON.stringify(usage) && values.length === count;
    for (const value of values.slice(0, count / 2)) value.release();
    const after = intact();
    const again = [];
    for (let index = 0; index < Math.floor(count / 2); index += 1) again.push(MLockedBytes.newZeroed(32));
    const zero = again.every((value) => unsoundMemory(value).every((byte) => byte === 0));
    print({ error: described(error), status, usage, before, count, unchanged, after, zero, still: intact() });
  `) as {
    error: { message: string; locked: number };
    status: { locked: number };
    count: number;
    usage: { size: number; liveSlots: number };
  };
  expect(printed).toMatchObject({
    error: lockLimitError,
    status: { limit: LIMIT },
    before: true,
    unchanged: true,
    after: true,
    zero: true,
    still: true,
  });
  const { error, status, count, usage } = printed;
  expectHelp(error.message);
  expect(status.locked).toBeLessThanOrEqual(LIMIT);
  expect(error.locked).toBeLessThanOrEqual(LIMIT);
  // Nearly all of the limit is used, down to the last page.
  expect(count * 32).toBeGreaterThan(LIMIT * 0.9);
  expect(usage.liveSlots).toBe(count);
  expect(usage.size).toBeLessThanOrEqual(LIMIT);
});

underALockLimit('mappings fail at the lock limit, and can be made again after a release', () => {
  const printed = printedUnder(`
    const make = () => MLockedBytes.newZeroed(32, { allocator: mappingAllocator });
    const error = exhaust(make);
    const count = values.length;
    for (const value of values.slice(0, 4)) value.release();
    await twoTurns();
    const again = exhaust(make);
    print({ error: described(error), again: again.code, count, more: values.length - count, intact: intact() });
  `) as { error: { message: string }; count: number };
  expect(printed).toMatchObject({
    error: { ...lockLimitError, size: 32 },
    again: lockLimitError.code,
    more: 4,
    intact: true,
  });
  expectHelp(printed.error.message);
  expect(printed.count).toBeGreaterThan(8);
  expect(printed.count).toBeLessThanOrEqual(16);
});

underALockLimit('memory that cannot be locked is never handed out, whatever its size', () => {
  const printed = printedUnder(`
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
    await twoTurns();
    print({ errors, locked: lockStatus().locked, works: MLockedBytes.newZeroed(32).size });
  `);
  expect(printed).toEqual({
    errors: Array(6).fill({ code: lockLimitError.code, size: true }),
    locked: 0,
    works: 32,
  });
});

underALockLimit(
  'empty regions serve other sizes, pools and allocators before the limit is an error',
  () => {
    const ofOtherSizes = printedUnder(`
    // Sixteen sizes with a page each reach the limit. Each keeps its page.
    for (let size = 32; size <= 512; size += 32) MLockedBytes.newZeroed(size).release();
    const before = lockStatus().locked;
    const others = [1_024, 2_048].map((size) => MLockedBytes.newZeroed(size));
    print({ before, fresh: others.every((value) => unsoundMemory(value).every((byte) => byte === 0)) });
  `);
    expect(ofOtherSizes).toEqual({ before: LIMIT, fresh: true });
    const ofAnotherPool = printedUnder(`
    const other = new PooledAllocator();
    const { code } = exhaust(() => MLockedBytes.newZeroed(2_048));
    for (const value of values.splice(0)) value.release();
    const sizes = [];
    const take = (size, options) => sizes.push(MLockedBytes.newZeroed(size, options).size);
    take(32, { allocator: other });
    take(4_000);
    take(8_000);
    take(64, { allocator: mappingAllocator });
    take(1_024, { allocator: other });
    print({ code, sizes, empty: pooledAllocator.usage().size });
  `);
    expect(ofAnotherPool).toEqual({
      code: lockLimitError.code,
      sizes: [32, 4_000, 8_000, 64, 1_024],
      empty: 0,
    });
  },
);

underALockLimit(
  'synchronous loops of mappings and of large objects do not use up the limit',
  () => {
    const small = `
    print(codeOf(() => {
      for (let cycle = 0; cycle < 1_000; cycle += 1) {
        mappingAllocator.allocate(32).release();
        locked.withMLockedBytes(2_049, () => undefined);
      }
    }));
  `;
    const large = `
    print(codeOf(() => {
      for (let cycle = 0; cycle < 100; cycle += 1) MLockedBytes.newZeroed(1_000_000).release();
    }));
  `;
    expect([printedUnder(small), printedUnder(large, 8_192)]).toEqual(['none', 'none']);
    const pooled = `
    const cycles = (count) => {
      for (let cycle = 0; cycle < count; cycle += 1) MLockedBytes.newZeroed(1 + (cycle % 2_048)).release();
      gc();
      return process.memoryUsage().heapUsed;
    };
    const before = cycles(20_000);
    print(cycles(300_000) - before);
  `;
    // More than the engine takes for itself; an object that stays for each cycle would take ten times as much.
    expect(printedUnder(pooled, 64, ['--expose-gc'])).toBeLessThan(2_000_000);
  },
);

underALockLimit('the lock status of an ordinary user has the limit of the shell', () => {
  for (const kibibytes of [64, 512, 0]) {
    const limit = kibibytes * 1_024;
    const status = { limit, locked: 0, policy: 'require', unlockedRegions: 0 };
    expect(printedUnder('print(lockStatus());', kibibytes)).toEqual(status);
  }
});

testUnless(
  notLinux,
  'the lock status says no limit when the kernel locks beyond that of the shell, as for root',
  () => {
    const prefix = ['sh', '-c', 'ulimit -l 64 && exec "$@"', 'sh'];
    const script = `
      ${prelude}
      const { sodium } = await import(build + 'unsound.js');
      const memory = sodium.sodium_malloc(1_000_000);
      const isLocked = codeOf(() => sodium.sodium_mlock(memory)) === 'none';
      const { limit } = lockStatus();
      const { available } = locked.preflight({ lockedSize: 32 });
      print({ isLocked, none: limit === Infinity, all: available === Infinity });
    `;
    const { isLocked, ...said } = printedBy(script, { prefix }) as { isLocked: boolean };
    expect(said).toEqual({ none: isLocked, all: isLocked });
  },
);

const { limit = Infinity } = lockStatus();
const below = (bytes: number) =>
  limit >= bytes ? undefined : 'the limit of locked memory comes first';
const fewRegions = below(2 ** 26);

testUnless(
  fewRegions,
  'the region limit is an error and no abort, and passes when regions are released',
  () => {
    const printed = printedBy(`
      ${prelude}
      const make = () => MLockedBytes.newZeroed(32, { allocator: mappingAllocator });
      const error = exhaust(make);
      const count = values.length;
      // The pool is full of room, or makes a region and fails alike.
      const pooled = codeOf(() => MLockedBytes.newZeroed(32));
      const alive = intact();
      for (const value of values.slice(0, 10)) value.release();
      const atOnce = codeOf(make);
      await twoTurns();
      const again = exhaust(make);
      print({ count, error: described(error), pooled, alive, atOnce, more: values.length - count, again: again.code });
    `);
    const code = 'ERR_EVOLOCK_REGION_LIMIT';
    expect(printed).toMatchObject({
      count: MAX_REGIONS,
      error: {
        code,
        name: 'RegionLimitError',
        message: expect.stringMatching(/4096 .*pooled allocator.*event loop/) as string,
      },
      pooled: code,
      alive: true,
      atOnce: code,
      more: 10,
      again: code,
    });
  },
);

testUnless(fewRegions, 'mappings that are released in one turn of the event loop stay few', () => {
  const printed = printedBy(`
      ${prelude}
      const regions = () => (lockStatus().locked ?? 0) / 4_096;
      let most = 0;
      for (let cycle = 0; cycle < 20_000; cycle += 1) {
        const slot = mappingAllocator.allocate(32);
        if (!slot.unsoundBytes.every((byte) => byte === 0)) print('not fresh');
        slot.unsoundBytes.fill(7);
        slot.release();
        if (cycle % 500 === 0) most = Math.max(most, regions());
      }
      print(most);
    `) as number;
  expect(printed).toBeLessThan(1_024);
});

const noPrlimit = spawnSync('prlimit', ['--version']).status === 0 ? undefined : 'no prlimit here';
const noMemoryLimit = notLinux ?? noPrlimit ?? below(2 ** 30);

/** Leaves the process so many bytes beyond what it has: what an engine reserves at start varies. */
const leaving = (bytes: number): string => `
  const { execFileSync } = await import('node:child_process');
  const { readFileSync } = await import('node:fs');
  const [, kibibytes] = /^VmData:\\s*(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  const limit = Number(kibibytes) * 1_024 + ${bytes};
  execFileSync('prlimit', ['--pid', String(process.pid), '--data=' + limit]);
`;

testUnless(noMemoryLimit, 'memory that the kernel refuses is an error and no abort', () => {
  const refused = 'ERR_EVOLOCK_MEMORY_REFUSED';
  const inOnePiece = printedBy(`
      ${prelude}
      ${leaving(300_000_000)}
      const codes = [mappingAllocator, pooledAllocator].map((allocator) =>
        codeOf(() => MLockedBytes.newZeroed(2 ** 29, { allocator })));
      print({ codes, works: MLockedBytes.newZeroed(32).size });
    `);
  expect(inOnePiece).toEqual({ codes: [refused, refused], works: 32 });
  const inSmallPieces = printedBy(`
      ${prelude}
      ${leaving(100_000_000)}
      print(exhaust(() => MLockedBytes.newZeroed(60_000)).code);
    `);
  expect(inSmallPieces).toBe(refused);
  const error = new MemoryRefusedError(4_096, 'limit of data', 100);
  expect(error).toMatchObject({ size: 4_096, left: 100 });
  expect(error.message).toMatch(/4096 bytes.*100 are left \(limit of data\).*ulimit -d/);
});
