/**
 * The program of `npm run headers`: verifies a synthetic chain of a million headers, and prints the time and the memory over
 * the run. With `--document` it writes them into docs/measured/headers.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeChain } from './chain/synthetic-chain.js';
import { verifyChain } from './chain/verify-chain.js';
import { pageOf } from './report/headers-page.js';
import { measuredFile } from './places.js';

const { values } = parseArgs({
  options: {
    headers: { type: 'string', default: '1000000' },
    pools: { type: 'string', default: '1000' },
    document: { type: 'boolean', default: false },
  },
});
const size = { headers: Number(values.headers), pools: Number(values.pools) };
const threads = availableParallelism();
const folder = mkdtempSync(join(tmpdir(), 'million-headers-'));
try {
  writeChain(folder, size);
  const page = pageOf(size, threads, await verifyChain({ folder, threads }, size.headers));
  console.log(page);
  if (values.document) writeFileSync(measuredFile('headers.md'), page);
} finally {
  rmSync(folder, { recursive: true });
}
