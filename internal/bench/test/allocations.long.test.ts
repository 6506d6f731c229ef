import { beforeAll, describe, expect, test } from 'vitest';
import { allocations, type AllocationResult } from '../src/allocation-result.js';

/** Bytes of the smallest thing on the heap: a call that makes one leaves at least so many. */
const ONE_OBJECT = 8;

let results: Map<string, AllocationResult>;

beforeAll(() => {
  results = new Map(allocations().map((result) => [result.operation, result]));
});

const garbageOf = (operation: string) => {
  const { bytes, ofResult } = results.get(operation)!;
  return bytes - ofResult;
};

test('an object that a call makes is noticed', () => {
  expect(garbageOf('control: one small array')).toBeGreaterThan(ONE_OBJECT);
});

describe.each(['Sum6 sign', 'CompactSum6 sign'])('%s', (operation) => {
  test('leaves the signature on the heap, and nothing else', () => {
    expect(results.get(operation)!.ofResult).toBeGreaterThan(ONE_OBJECT);
    expect(garbageOf(operation)).toBeLessThan(ONE_OBJECT);
  });
});

test('a verification leaves nothing', () => {
  expect(garbageOf('Sum6 verify')).toBeLessThan(ONE_OBJECT);
});
