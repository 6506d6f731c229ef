/**
 * `npm run matrix`: algorithm × depth × property, for the built package. A cell has the number of results that the
 * conformance runner compared with the vectors, or of checks of `matrix-properties.mjs`; at depths without vectors, of
 * `matrix-deep-properties.mjs`. The argument is the greatest depth. The exit code is 1 when a cell is empty or a check
 * fails.
 */
import { conformanceCases } from '@evolock/test-vectors';
import { algorithmOf, implementation } from './built-implementation.mjs';
import { deepAlgorithmOf, DeepKeys, deepProperties } from './matrix-deep-properties.mjs';
import { countChecks, properties } from './matrix-properties.mjs';

/** Columns of the conformance runner: name, and groups of cases. */
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
  ['Rust', ['kes rust form']],
  ['Rust neg.', ['kes rust form negative']],
  ['Haskell', ['kes haskell']],
];

/** The greatest depth of the vectors, and of the matrix. */
const VECTORS_DEPTH = 7;
const GREATEST_DEPTH = 16;

const asked = process.argv[2] === undefined ? GREATEST_DEPTH : Number(process.argv[2]);
const maxDepth = Math.min(asked, VECTORS_DEPTH);
const depths = Array.from({ length: maxDepth + 1 }, (_, depth) => depth);
const deepDepths = Array.from(
  { length: Math.max(0, asked - VECTORS_DEPTH) },
  (_, deeper) => VECTORS_DEPTH + 1 + deeper,
);
const ROWS = [
  ['single', 0],
  ['compactSingle', 0],
  ...depths.map((depth) => ['sum', depth]),
  ...depths.map((depth) => ['compactSum', depth]),
];
const DEEP_ROWS = ['sum', 'compactSum'].flatMap((algorithm) =>
  deepDepths.map((depth) => [algorithm, depth]),
);

/** Results of the implementation, errors included, in the current case. */
let answers = 0;

/** An implementation whose results are counted. */
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

/** Passed checks by cell, and failures. */
const counts = new Map();
const failures = [];

function hold(cell, checks) {
  counts.set(cell, (counts.get(cell) ?? 0) + checks);
}

async function runRunner() {
  for (const { group, location, run: check } of conformanceCases(offered)) {
    const { algorithm, depth } = location;
    const cell = algorithm === undefined ? group : `${algorithm} ${depth} ${group}`;
    answers = 0;
    try {
      await check();
      // Seed expansion and plain Ed25519 have no row: their cases are counted.
      hold(cell, algorithm === undefined ? 1 : answers);
    } catch (error) {
      failures.push({ cell, message: error.message });
    }
  }
}

function runProperties(row, algorithm, columns, keys) {
  for (const [name, property] of columns) {
    const cell = `${row.join(' ')} ${name}`;
    try {
      hold(cell, countChecks(property, algorithm, keys));
    } catch (error) {
      failures.push({ cell, message: `${cell}: ${error.message}` });
    }
  }
}

function runDeepProperties(row) {
  const [kind, depth] = row;
  const algorithm = deepAlgorithmOf(kind, depth);
  const keys = new DeepKeys(algorithm, deepAlgorithmOf(kind, depth - 1));
  try {
    runProperties(row, algorithm, deepProperties, keys);
  } finally {
    keys.release();
  }
}

await runRunner();
for (const row of ROWS) runProperties(row, algorithmOf(...row), properties);
for (const row of DEEP_ROWS) runDeepProperties(row);

const columnsOf = (named) => named.map(([name]) => [name, [name]]);
const TABLES = [
  [ROWS, RUNNER_COLUMNS],
  [ROWS, columnsOf(properties)],
  [DEEP_ROWS, columnsOf(deepProperties)],
];
const failed = new Set(failures.map(({ cell }) => cell));
let missing = 0;
let total = 0;

/** The number of checks of a cell; `missing` or `FAILED` when one of its groups has none, or a failure. */
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

for (const [rows, columns] of TABLES) {
  if (rows.length === 0) continue;
  print([
    ['algorithm', 'depth', ...columns.map(([name]) => name)],
    ...rows.map(([algorithm, depth]) => [
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
const cells = TABLES.reduce((sum, [rows, columns]) => sum + rows.length * columns.length, 0);
console.log(
  `${ROWS.length + DEEP_ROWS.length} algorithms, ${cells} cells: ${total} checks passed, ` +
    `${failures.length} failed, ${missing} missing`,
);
process.exitCode = failures.length + missing === 0 ? 0 : 1;
