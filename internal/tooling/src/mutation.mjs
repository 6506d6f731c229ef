// @ts-check
// `npm run mutation`: changes single places of sources, a comparison or a call, and counts the changes that tests find. The
// sample follows from the seed, so another person gets the same one. It changes files in place, one at a time, and puts each
// back: run it in a clone of its own.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const tools = createRequire(join(root, '.ci/tools/package.json'));

/** @type {(name: string) => Promise<any>} */
const load = (name) => import(pathToFileURL(tools.resolve(name)).href);

/** A test that hangs finds a change, too. */
const MOST_MILLISECONDS = 600_000;

/**
 * A change of a source file.
 *
 * @typedef {{ file: string, text: string, from: number, to: number, replacement: string, line: number, kind: string }} Mutant
 */

/**
 * All changes of a file, as Stryker makes them, without those of texts.
 *
 * @param {any} instrumenter
 * @param {string} file
 * @returns {Promise<Mutant[]>}
 */
async function mutantsOf(instrumenter, file) {
  const text = readFileSync(join(root, file), 'utf8');
  const starts = [0];
  for (const { index } of text.matchAll(/\n/g)) starts.push(index + 1);
  /** @param {{ line: number, column: number }} place */
  const offset = ({ line, column }) => (starts[line] ?? 0) + column;
  const options = { plugins: null, excludedMutations: ['StringLiteral'], ignorers: [] };
  const files = [{ name: file, content: text, mutate: true }];
  const { mutants } = await instrumenter.instrument(files, options);
  /** @type {any[]} */
  const all = mutants;
  return all
    .filter(({ status }) => status !== 'Ignored')
    .map((each) => ({
      file,
      text,
      from: offset(each.location.start),
      to: offset(each.location.end),
      replacement: each.replacementCode ?? each.replacement,
      line: each.location.start.line + 1,
      kind: each.mutatorName,
    }));
}

/** @param {readonly string[]} folders */
async function allMutants(folders) {
  const { createInjector } = await load('typed-inject');
  const { createInstrumenter } = await load('@stryker-mutator/instrumenter');
  const log = () => undefined;
  const logger = { info: log, debug: log, warn: log, isDebugEnabled: () => false };
  const instrumenter = createInjector()
    .provideValue('logger', logger)
    .injectFunction(createInstrumenter);
  /** @type {{ recursive: true, encoding: 'utf8' }} */
  const options = { recursive: true, encoding: 'utf8' };
  const all = [];
  for (const folder of folders)
    for (const name of readdirSync(join(root, 'packages', folder, 'src'), options).sort())
      if (name.endsWith('.ts'))
        all.push(...(await mutantsOf(instrumenter, `packages/${folder}/src/${name}`)));
  return all;
}

/**
 * @param {readonly Mutant[]} all
 * @param {string} seed
 * @param {number} count
 */
function sampleOf(all, seed, count) {
  const placed = all.map((mutant, index) => ({
    mutant,
    order: createHash('sha256').update(`${seed} ${index}`).digest('hex'),
  }));
  placed.sort((left, right) => (left.order < right.order ? -1 : 1));
  return placed.slice(0, count).map(({ mutant }) => mutant);
}

/**
 * Whether a test of the package that uses the file fails.
 *
 * @param {Mutant} mutant
 * @param {'EVOLOCK_SHORT_TESTS' | 'EVOLOCK_LONG_TESTS'} which
 */
function isFound({ file }, which) {
  const project = file.split('/')[1] ?? '';
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [
    ...[vitest, 'related', file, '--run', '--project', `@evolock/${project}`],
    ...['--bail', '1', '--passWithNoTests'],
  ];
  const env = { ...process.env, [which]: '1' };
  const { status, signal } = spawnSync(process.execPath, args, {
    cwd: root,
    env,
    stdio: 'ignore',
    timeout: MOST_MILLISECONDS,
    killSignal: 'SIGKILL',
  });
  if (signal === 'SIGINT') throw new Error('stopped');
  return status !== 0;
}

/**
 * @param {Mutant} mutant
 * @param {boolean} withLong
 */
function judge(mutant, withLong) {
  const path = join(root, mutant.file);
  const { text, from, to, replacement } = mutant;
  try {
    writeFileSync(path, text.slice(0, from) + replacement + text.slice(to));
    if (isFound(mutant, 'EVOLOCK_SHORT_TESTS')) return 'found';
    return withLong && isFound(mutant, 'EVOLOCK_LONG_TESTS') ? 'found by long tests' : 'NOT FOUND';
  } finally {
    writeFileSync(path, text);
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '100' },
    long: { type: 'boolean', default: false },
  },
});
const folders =
  positionals.length > 0
    ? positionals
    : [
        'cardano-headers',
        'cardano-kes',
        'direct-serialise-io',
        'kes-agent',
        'kes-cli',
        'sealed-log',
      ];
const all = await allMutants(folders);
const sample = sampleOf(all, values.seed, Number(values.count));
console.log(`${sample.length} of ${all.length} changes, seed ${values.seed}`);
let found = 0;
for (const mutant of sample) {
  const { file, line, kind, text, from, to, replacement } = mutant;
  const result = judge(mutant, values.long);
  if (result !== 'NOT FOUND') found += 1;
  const change = `${text.slice(from, to)} → ${replacement}`.replaceAll(/\s+/g, ' ').slice(0, 160);
  console.log(`${result}: ${file}:${line} ${kind}: ${change}`);
}
console.log(`${found} of ${sample.length} changes were found`);
