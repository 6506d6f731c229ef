/**
 * `npm run matrix`: algorithm × depth × property, the number of checks in every cell, from the conformance runner against
 * the built package. An argument is the greatest depth. The exit code is 1 when a cell is empty or a check fails.
 */
import { asyncConformanceCases, coverage } from '@evolock/test-vectors';
import { implementation } from './built-implementation.mjs';

/** What a column of the matrix has in it. */
const PROPERTIES = [
  ['sizes', ['kes sizes']],
  ['vk', ['kes verification key']],
  ['sk bytes', ['kes signing key']],
  ['signatures', ['kes signature']],
  ['verify', ['kes verification']],
  ['negatives', ['kes negative']],
  ['read back', ['kes read back']],
  ['tampered', ['kes key negative']],
  ['update end', ['kes last period']],
  ['blocks', ['kes block sizes']],
  ['CBOR', ['kes cbor', 'kes cbor negative']],
  ['forms', ['kes rust form', 'kes versioned form', 'kes form negative']],
];

/** Cases that look at every period count once for each. */
const AT_EVERY_PERIOD = new Set([
  'kes verification key',
  'kes signing key',
  'kes signature',
  'kes verification',
  'kes read back',
  'kes cbor',
]);

const maxDepth = process.argv[2] === undefined ? 7 : Number(process.argv[2]);
const depths = Array.from({ length: maxDepth + 1 }, (_, depth) => depth);
const ROWS = [
  ['single', 0],
  ['compactSingle', 0],
  ...depths.map((depth) => ['sum', depth]),
  ...depths.map((depth) => ['compactSum', depth]),
];

const offered = {
  ...implementation,
  kes: (algorithm, depth) => (depth <= maxDepth ? implementation.kes(algorithm, depth) : undefined),
};

/** Checks by row and group, and what failed. */
async function run() {
  const counts = new Map();
  const failures = [];
  for (const { group, location, run: check } of asyncConformanceCases(offered)) {
    const { algorithm, depth } = location;
    const cell = algorithm === undefined ? group : `${algorithm} ${depth} ${group}`;
    try {
      await check();
      const checks = AT_EVERY_PERIOD.has(group) ? 2 ** depth : 1;
      counts.set(cell, (counts.get(cell) ?? 0) + checks);
    } catch (error) {
      failures.push({ cell, message: error.message });
    }
  }
  return { counts, failures };
}

function print(cells) {
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  for (const row of cells) {
    const padded = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    console.log(padded.join('  '));
  }
}

const { counts, failures } = await run();
const failed = new Set(failures.map(({ cell }) => cell));
let missing = 0;
let total = 0;

/** The number of checks in a cell; `missing` or `FAILED` where one of its groups has none, or a failure. */
function cellOf(algorithm, depth, groups) {
  const keys = groups.map((group) => `${algorithm} ${depth} ${group}`);
  if (keys.some((key) => failed.has(key))) return 'FAILED';
  if (keys.some((key) => !counts.has(key))) {
    missing += 1;
    return 'missing';
  }
  const sum = keys.reduce((checks, key) => checks + counts.get(key), 0);
  total += sum;
  return String(sum);
}

print([
  ['algorithm', 'depth', ...PROPERTIES.map(([name]) => name)],
  ...ROWS.map(([algorithm, depth]) => [
    algorithm,
    String(depth),
    ...PROPERTIES.map(([, groups]) => cellOf(algorithm, depth, groups)),
  ]),
]);

const apart = ['seed expansion', 'ed25519 signing', 'ed25519 verification'];
for (const group of apart) {
  if (!counts.has(group)) missing += 1;
  total += counts.get(group) ?? 0;
  console.log(`${group}: ${counts.get(group) ?? 'missing'}`);
}
for (const { message } of failures) console.log(`failed: ${message}`);
const { optionalNotOffered } = coverage(offered);
if (optionalNotOffered.length > 0) {
  missing += optionalNotOffered.length;
  console.log(`not offered: ${optionalNotOffered.join(', ')}`);
}
console.log(
  `${ROWS.length} algorithms × ${PROPERTIES.length} properties: ${total} checks passed, ` +
    `${failures.length} failed, ${missing} missing`,
);
process.exitCode = failures.length + missing === 0 ? 0 : 1;
