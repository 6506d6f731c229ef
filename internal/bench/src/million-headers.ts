/**
 * The program of `npm run headers`: verifies a synthetic chain of a million headers, and prints the time and the memory over
 * the run. With `--document` it writes them into docs/measured/headers.md.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { verifyChain } from './chain.js';
import { overChain } from './headers.js';
import { describeSystem, measuredFile } from './rows.js';

/** Headers of mainnet from Shelley on, at the end of 2026, in round numbers: a block every 20 seconds since July 2020. */
const OF_MAINNET = 10_000_000;

const { values } = parseArgs({
  options: {
    headers: { type: 'string', default: '1000000' },
    pools: { type: 'string', default: '1000' },
    document: { type: 'boolean', default: false },
  },
});
const size = { headers: Number(values.headers), pools: Number(values.pools) };
const threads = availableParallelism();
const { milliseconds, resident } = await overChain(size, (folder) =>
  verifyChain({ folder, threads }, size.headers),
);
const mib = (bytes = 0): string => `${(bytes / 1_048_576).toFixed(0)} MiB`;
const at = (part: number): string => mib(resident[Math.round(part * (resident.length - 1))]);
const page = `# A whole chain

\`kes header verify --network mainnet db/immutable\` checks the database of a node. Here it checks a synthetic chain: ${size.headers.toLocaleString('en')} headers of Babbage, a block every 20 slots, ${size.pools.toLocaleString('en')} pools, each with a new certificate after 62 KES periods. The blocks have bodies of 20,000 bytes, which are not read. Written by \`npm run headers -- --document\` in a checkout of the repository.

<!-- prettier-ignore-start -->

| what | measured |
| --- | --: |
| threads that verify | ${threads} |
| time | ${(milliseconds / 1_000).toFixed(0)} s |
| resident memory at a tenth of the run | ${at(0.1)} |
| at a half | ${at(0.5)} |
| at the end | ${at(1)} |
| largest | ${mib(Math.max(...resident))} |

<!-- prettier-ignore-end -->

Mainnet has some ${(OF_MAINNET / 1_000_000).toFixed(0)} million headers from Shelley on. At this rate they take ${(((milliseconds / size.headers) * OF_MAINNET) / 60_000).toFixed(0)} minutes, if the disk is fast enough: here the files were in the page cache.

Measured on ${describeSystem()}. Load is other work of the machine: above a few tenths the time is too long, and the memory is not affected.
`;
console.log(page);
if (values.document) writeFileSync(measuredFile('headers.md'), page);
