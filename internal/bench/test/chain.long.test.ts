import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { writeChain } from '../src/chain/synthetic-chain.js';
import { verifyChain } from '../src/chain/verify-chain.js';
import { pageOf } from '../src/report/headers-page.js';

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

test('the page has the time, and the memory over the run', () => {
  const size = { headers: 1_000_000, pools: 100 };
  const resident = [100, 110, 120, 130].map((mib) => mib * 1_048_576);
  const page = pageOf(size, 2, { milliseconds: 60_000, resident });
  expect(page).toMatch(/time a header \| 60\.0 µs/);
  expect(page).toMatch(/at the end \| 130 MiB/);
  expect(page).toContain('10 minutes');
});
