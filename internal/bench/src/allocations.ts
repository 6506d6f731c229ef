/**
 * The program of `npm run allocations`: prints the bytes that each operation leaves on the heap, and where.
 */
import Table from 'cli-table3';
import { allocations, type AllocationResult } from './processes/allocation-result.js';

const HEAD = ['operation', 'bytes a call', 'of which its result', 'garbage', 'where (sampled)'];

function line({ operation, bytes, ofResult, sites }: AllocationResult): string[] {
  const where = sites.slice(0, 4).map((site) => `${site.name} ${site.bytes.toFixed(0)}`);
  const garbage = Math.max(0, bytes - ofResult);
  return [
    operation,
    ...[bytes, ofResult, garbage].map((value) => value.toFixed(1)),
    where.join(', '),
  ];
}

const results = allocations();
if (process.argv.includes('--json')) {
  console.log(JSON.stringify(results, undefined, 2));
} else {
  const table = new Table({
    head: HEAD,
    colAligns: ['left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  table.push(...results.map(line));
  console.log(`${table.toString()}\n\nBytes on the heap, counted over ${results[0]!.calls} calls.`);
}
