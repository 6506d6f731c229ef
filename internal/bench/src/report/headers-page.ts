import type { ChainSize } from '../chain/synthetic-chain.js';
import type { ChainRunResult } from '../chain/verify-chain.js';
import { describeSystem, thisSystem } from './system.js';

/** Headers of mainnet from Shelley on, at the end of 2026, in round numbers: a block every 20 seconds since July 2020. */
const OF_MAINNET = 10_000_000;

const MIB = 1_048_576;

/** The page of docs/measured about a whole chain. */
export function pageOf(
  { headers, pools }: ChainSize,
  threads: number,
  { milliseconds, resident }: ChainRunResult,
): string {
  const each = (1_000 * milliseconds) / headers;
  const minutes = (each * OF_MAINNET) / 60_000_000;
  return `# A whole chain

\`kes header verify\` over a synthetic chain in the database of a node: ${headers.toLocaleString('en')} headers of Babbage, a block every 20 slots, ${pools.toLocaleString('en')} pools, each with a new certificate after 62 KES periods. The blocks have bodies of 20,000 bytes, which are not read. Written by \`npm run headers -- --document\`.

<!-- prettier-ignore-start -->

| what | measured |
| --- | --: |
| threads that verify | ${threads} |
| time | ${(milliseconds / 1_000).toFixed(0)} s |
| time a header | ${each.toFixed(1)} µs |
| resident memory at a tenth of the run | ${mib(resident, 0.1)} |
| at a half | ${mib(resident, 0.5)} |
| at the end | ${mib(resident, 1)} |
| largest | ${(Math.max(...resident) / MIB).toFixed(0)} MiB |

<!-- prettier-ignore-end -->

Mainnet has some ${(OF_MAINNET / 1_000_000).toFixed(0)} million headers from Shelley on. At this rate they take ${minutes.toFixed(0)} minutes, if the disk is fast enough: here the files were in the page cache.

Measured on ${describeSystem(thisSystem())}. Load is other work of the machine: above a few tenths the time is too long, and the memory is not affected.
`;
}

/** The memory at a part of the run. */
function mib(resident: readonly number[], part: number): string {
  const bytes = resident[Math.round(part * (resident.length - 1))] ?? 0;
  return `${(bytes / MIB).toFixed(0)} MiB`;
}
