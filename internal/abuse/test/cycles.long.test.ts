import { expect, test } from 'vitest';
import { scenario } from './support/child.js';

interface PoolState {
  readonly mappings: number;
  readonly lockedMappings: number;
  readonly locked: number;
  readonly heap: number;
  readonly regions: number;
  readonly size: number;
  readonly liveSlots: number;
}

interface MappingState {
  readonly mappings: number;
  readonly locked: number;
}

/** The engine maps memory while a program runs, most in Node 24. Locked mappings are counted exactly. */
const ENGINE_MAPPINGS = 2_000;
const ENGINE_HEAP = 2_000_000;

const notLinux = process.platform !== 'linux';

test.skipIf(notLinux)(
  'a million objects of the pool in one turn leave memory and mappings as they were',
  () => {
    const { before, after, dirty } = scenario('poolCycles') as {
      before: PoolState;
      after: PoolState;
      dirty: number;
    };
    expect(dirty).toBe(0);
    for (const part of ['lockedMappings', 'locked', 'regions', 'size', 'liveSlots'] as const) {
      expect([part, after[part]]).toEqual([part, before[part]]);
    }
    expect(after.mappings - before.mappings).toBeLessThan(ENGINE_MAPPINGS);
    expect(after.heap - before.heap).toBeLessThan(ENGINE_HEAP);
  },
);

test.skipIf(notLinux)('a hundred thousand mappings in one turn reuse a bounded number', () => {
  const { before, during, after, dirty } = scenario('mappingCycles') as {
    before: MappingState;
    during: MappingState;
    after: MappingState;
    dirty: number;
  };
  expect(dirty).toBe(0);
  expect(during.mappings - before.mappings).toBeLessThan(4 * 600 + ENGINE_MAPPINGS);
  expect(during.locked).toBeLessThan(4 * 2 ** 20);
  expect(after.locked).toBe(before.locked);
  expect(after.mappings - before.mappings).toBeLessThan(ENGINE_MAPPINGS);
});

test.skipIf(notLinux)(
  'mappings are refused long before the kernel would end the process, and the process continues',
  () => {
    const { refused, still, used, whileFull, usable } = scenario('refusal') as {
      refused: string;
      still: string;
      used: number;
      whileFull: boolean;
      usable: boolean;
    };
    const limits = /^ERR_EVOLOCK_(REGION|LOCK)_LIMIT$/;
    for (const code of [refused, still]) expect(code).toMatch(limits);
    expect(used).toBeLessThan(65_530 / 2);
    expect([whileFull, usable]).toEqual([true, true]);
  },
);

test('threads share no slot, and a posted locked value carries no secret', () => {
  const own = { dirty: 0, changed: 0, keys: 0, posted: 0 };
  expect(scenario('workers')).toEqual({ results: [own, own, own, own], roots: 4, mine: true });
});
