import { beforeAll, describe, expect, test } from 'vitest';
import type { AllocationResult } from '../src/children/allocations.js';
import { allocations } from '../src/processes.js';

/** Bytes of the smallest object on the heap. A call that makes an object leaves at least as many. */
const ONE_OBJECT = 8;

let results: Map<string, AllocationResult>;

beforeAll(() => {
  results = new Map(allocations().map((result) => [result.operation, result]));
});

const garbageOf = (operation: string) => {
  const { bytes, ofResult } = results.get(operation)!;
  return bytes - ofResult;
};

test('the count notices an object that a call makes', () => {
  expect(garbageOf('control: one small array')).toBeGreaterThan(ONE_OBJECT);
});

describe.each(['Sum6 sign', 'CompactSum6 sign'])('%s', (operation) => {
  test('leaves only the signature on the heap', () => {
    expect(results.get(operation)!.ofResult).toBeGreaterThan(ONE_OBJECT);
    expect(garbageOf(operation)).toBeLessThan(ONE_OBJECT);
  });
});

test('a verification leaves nothing on the heap', () => {
  expect(garbageOf('Sum6 verify')).toBeLessThan(ONE_OBJECT);
});
