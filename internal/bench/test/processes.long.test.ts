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

test('a call leaves nothing on the heap but its signature, and one that leaves more is noticed', () => {
  const { 'one small array': noticed, ...calls } = left;
  expect(noticed).toBeGreaterThan(ONE_OBJECT);
  expect(Object.entries(calls).filter(([, bytes]) => bytes >= ONE_OBJECT)).toEqual([]);
});
