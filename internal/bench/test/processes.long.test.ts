// What the processes of the benchmark do: they count the garbage of calls, and write and verify a chain.
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyChain } from '../src/chain.js';
import type { AllocationResult } from '../src/children/allocations.js';
import { overChain } from '../src/headers.js';
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

test('a synthetic chain is valid, over several chunks and pools', async () => {
  const size = { headers: 1_200, pools: 3 };
  await overChain(size, async (folder) => {
    expect(readdirSync(folder)).toHaveLength(4);
    const result = await verifyChain({ folder, threads: 1 }, size.headers);
    expect(result.milliseconds).toBeGreaterThan(0);
    const other = verifyChain({ folder, threads: 1 }, size.headers + 1);
    await expect(other).rejects.toThrow('not all valid');
  });
});

test('a synthetic chain with proofs of the VRF is valid with them, and without them it is not', async () => {
  const size = { headers: 60, pools: 3 };
  const verify = (folder: string) => verifyChain({ folder, threads: 1, vrf: true }, size.headers);
  await overChain({ ...size, vrf: true }, verify);
  await expect(overChain(size, verify)).rejects.toThrow('not all valid');
});
