// What the processes of the benchmark do: they count the garbage of calls, and write and verify a chain.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { verifyChain } from '../src/chain.js';
import type { Allocations } from '../src/children/allocations.js';
import { overChain } from '../src/headers.js';
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
