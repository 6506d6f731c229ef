// What calls leave on the heap.
import { expect, test } from 'vitest';
import type { Allocations } from '../src/children/allocations.js';
import { resultOf } from '../src/processes.js';

/** Bytes of the smallest object on the heap. A call that makes an object leaves at least as many. */
const ONE_OBJECT = 8;
// A young generation of 64 MiB holds what the calls leave without a collection.
const sizes = ['--min-semi-space-size=64', '--max-semi-space-size=64'];
const flags = ['--expose-gc', '--single-threaded-gc', ...sizes];
const left = resultOf('allocations', { flags }) as Allocations;

test('the count notices an object that a call makes', () => {
  expect(left['one small array']).toBeGreaterThan(ONE_OBJECT);
});

test.each(['Sum6 sign', 'CompactSum6 sign', 'Sum6 verify'] as const)(
  '%s leaves nothing on the heap but its signature',
  (operation) => {
    expect(left[operation]).toBeLessThan(ONE_OBJECT);
  },
);
