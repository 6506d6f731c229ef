import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { verifyChain, writeChain } from '../src/chain.js';

const folder = mkdtempSync(join(tmpdir(), 'bench-chain-'));

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a synthetic chain is valid, over several chunks and pools', async () => {
  const size = { headers: 1_200, pools: 3 };
  writeChain(folder, size);
  expect(readdirSync(folder)).toHaveLength(4);
  const result = await verifyChain({ folder, threads: 1 }, size.headers);
  expect(result.milliseconds).toBeGreaterThan(0);
  const other = verifyChain({ folder, threads: 1 }, size.headers + 1);
  await expect(other).rejects.toThrow('not all valid');
});

test('a synthetic chain with proofs of the VRF is valid with them, and without them it is not', async () => {
  const size = { headers: 60, pools: 3, vrf: true };
  writeChain(folder, size);
  await verifyChain({ folder, threads: 1, vrf: true }, size.headers);
  rmSync(folder, { recursive: true });
  writeChain(folder, { ...size, vrf: false });
  const without = verifyChain({ folder, threads: 1, vrf: true }, size.headers);
  await expect(without).rejects.toThrow('not all valid');
});
