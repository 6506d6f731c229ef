/**
 * `npm run matrix`: algorithm × depth × property, against the built package: in every cell the number of answers of the
 * package that the conformance runner held against the vectors, or of checks of `matrix-properties.mjs` that held. An argument is the
 * greatest depth. The exit code is 1 when a cell is empty or a check fails.
 */
import { asyncConformanceCases, coverage } from '@evolock/test-vectors';
import { algorithmOf, implementation } from './built-implementation.mjs';
import { countChecks, properties } from './matrix-properties.mjs';

/** Columns that the runner fills: name, and the groups of cases that have to be in it. */
const RUNNER_COLUMNS = [
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
  ['CBOR', ['kes cbor']],
  ['CBOR neg.', ['kes cbor negative']],
  ['Rust', ['kes rust form']],
  ['versioned', ['kes versioned form']],
  ['forms neg.', ['kes form negative']],
];

const maxDepth = process.argv[2] === undefined ? 7 : Number(process.argv[2]);
const depths = Array.from({ length: maxDepth + 1 }, (_, depth) => depth);
const ROWS = [
  ['single', 0],
  ['compactSingle', 0],
  ...depths.map((depth) => ['sum', depth]),
  ...depths.map((depth) => ['compactSum', depth]),
];

/** What the implementation was asked and answered, or refused, in the case that runs. */
let answers = 0;

/** An implementation whose answers are counted: the runner holds each of them against the vectors. */
function counted(part) {
  if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return part;
  return new Proxy(part, {
    get(target, property) {
      const member = Reflect.get(target, property);
      if (typeof member !== 'function') {
        if (typeof member !== 'object') answers += 1;
        return counted(member);
      }
      return (...given) => {
        if (property !== 'release' && property !== 'update') answers += 1;
        return counted(member.apply(target, given));
      };
    },
  });
}

const offered = {
  ...implementation,
  kes: (algorithm, depth) =>
    depth <= maxDepth ? counted(implementation.kes(algorithm, depth)) : undefined,
};

/** Checks that held, by cell, and what failed. */
const counts = new Map();
const failures = [];

function hold(cell, checks) {
  counts.set(cell, (counts.get(cell) ?? 0) + checks);
}

async function runRunner() {
  for (const { group, location, run: check } of asyncConformanceCases(offered)) {
    const { algorithm, depth } = location;
    const cell = algorithm === undefined ? group : `${algorithm} ${depth} ${group}`;
    answers = 0;
    try {
      await check();
      // Of seed expansion and plain Ed25519, which have no row, the cases are counted.
      hold(cell, algorithm === undefined ? 1 : answers);
    } catch (error) {
      failures.push({ cell, message: error.message });
    }
  }
}

function runProperties() {
  for (const [algorithm, depth] of ROWS) {
    for (const [name, property] of properties) {
      const cell = `${algorithm} ${depth} ${name}`;
      try {
        hold(cell, countChecks(property, algorithmOf(algorithm, depth)));
      } catch (error) {
        failures.push({ cell, message: `${cell}: ${error.message}` });
      }
    }
  }
}

await runRunner();
runProperties();

const COLUMNS = [...RUNNER_COLUMNS, ...properties.map(([name]) => [name, [name]])];
const failed = new Set(failures.map(({ cell }) => cell));
let missing = 0;
let total = 0;

/** The number of checks in a cell; `missing` or `FAILED` where one of its groups has none, or a failure. */
function cellOf(algorithm, depth, groups) {
  const keys = groups.map((group) => `${algorithm} ${depth} ${group}`);
  if (keys.some((key) => failed.has(key))) return 'FAILED';
  if (keys.some((key) => !counts.get(key))) {
    missing += 1;
    return 'missing';
  }
  const sum = keys.reduce((checks, key) => checks + counts.get(key), 0);
  total += sum;
  return String(sum);
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

/** Half of the columns at a time, which fits a terminal. */
for (const columns of [RUNNER_COLUMNS, COLUMNS.slice(RUNNER_COLUMNS.length)]) {
  print([
    ['algorithm', 'depth', ...columns.map(([name]) => name)],
    ...ROWS.map(([algorithm, depth]) => [
      algorithm,
      String(depth),
      ...columns.map(([, groups]) => cellOf(algorithm, depth, groups)),
    ]),
  ]);
  console.log();
}

for (const group of ['seed expansion', 'ed25519 signing', 'ed25519 verification']) {
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
  `${ROWS.length} algorithms × ${COLUMNS.length} properties: ${total} checks passed, ` +
    `${failures.length} failed, ${missing} missing`,
);
process.exitCode = failures.length + missing === 0 ? 0 : 1;
