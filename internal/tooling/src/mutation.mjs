// @ts-check
// `npm run mutation`: changes single places of sources, a comparison or a call, and counts the changes that tests find. The
// sample follows from the seed, so another person gets the same one, and stays nearly the same when other code changes. A
// first run tries the short tests that import the file. With `--long`, a run tries the changes that were not found again: it
// builds the package, because threads and child processes load the build, and runs all short tests of the package, its long
// tests that mention the file or its folder, and the compiler. Short tests that hang have found it.
//
// It changes files in place, one at a time, and puts each back: run it in a clone of its own, after `npm run build`. Results
// are kept in `node_modules/.cache`, so that an interrupted run goes on where it stopped.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const tools = createRequire(join(root, '.ci/tools/package.json'));

/** @type {(name: string) => Promise<any>} */
const load = (name) => import(pathToFileURL(tools.resolve(name)).href);

/** A run of tests that takes longer is one that hangs. */
const MOST_MILLISECONDS = 300_000;

/**
 * A change of a source file.
 *
 * @typedef {{ file: string, text: string, from: number, to: number, replacement: string, line: number, kind: string }} Mutant
 */

/**
 * What became of a change, and the test that found it.
 *
 * @typedef {{ id: string, result: string, by: string }} Verdict
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

/** @param {Mutant} mutant */
function changeOf({ text, from, to, replacement }) {
  return `${text.slice(from, to)} → ${replacement}`.replaceAll(/\s+/g, ' ');
}

/**
 * A change is named by what it is and not by its place, so that changes of other code leave it in the sample.
 *
 * @param {readonly Mutant[]} all
 * @param {string} seed
 * @param {number} count
 */
function sampleOf(all, seed, count) {
  /** @type {Map<string, number>} */
  const times = new Map();
  const placed = all.map((mutant) => {
    const name = `${seed} ${mutant.file} ${changeOf(mutant)}`;
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    return { mutant, id: createHash('sha256').update(`${name} ${time}`).digest('hex') };
  });
  placed.sort((left, right) => (left.id < right.id ? -1 : 1));
  return placed.slice(0, count);
}

/**
 * Runs a program of Node.js in a folder. Returns how it failed.
 *
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env]
 * @param {string} [cwd]
 * @returns {string | undefined}
 */
function failureOf(args, env = {}, cwd = root) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: MOST_MILLISECONDS,
    killSignal: 'SIGKILL',
  });
  if (signal === 'SIGINT') throw new Error('stopped');
  if (signal !== null) return 'time';
  if (status === 0) return undefined;
  const output = `${stderr}\n${stdout}`;
  return /^ *FAIL +(.*)$/m.exec(output)?.[1] ?? output.trim().split('\n').at(-1) ?? '';
}

/**
 * Runs tests of a package until one fails.
 *
 * @param {string} folder
 * @param {'EVOLOCK_SHORT_TESTS' | 'EVOLOCK_LONG_TESTS'} which
 * @param {readonly string[]} choice
 */
function failedTest(folder, which, choice) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const options = ['--run', '--project', `@evolock/${folder}`, '--bail', '1', '--passWithNoTests'];
  const failure = failureOf([vitest, ...choice, ...options], { [which]: '1' });
  // Long tests take longer than the limit on a busy machine, without any change.
  return failure === 'time' && which === 'EVOLOCK_LONG_TESTS' ? undefined : failure;
}

/**
 * The long tests that mention a source file or its folder.
 *
 * @param {string} folder
 * @param {string} file
 */
function longTestsOf(folder, file) {
  const words = [basename(file, '.ts'), basename(dirname(file))].filter(
    (word) => !['index', 'src'].includes(word),
  );
  const tests = join(root, 'packages', folder, 'test');
  return readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.long.test.ts'))
    .map((name) => join(tests, name))
    .filter((path) => {
      const text = path.slice(tests.length) + readFileSync(path, 'utf8');
      return words.some((word) => text.includes(word));
    });
}

/**
 * Builds the package and tries all of its tests that could find the change.
 *
 * @param {string} folder
 * @param {string} file
 */
function failureAfterBuild(folder, file) {
  const place = join(root, 'packages', folder);
  const kept = join(root, 'node_modules/.cache/mutation-dist');
  cpSync(join(place, 'dist'), kept, { recursive: true });
  try {
    const npm = process.env['npm_execpath'] ?? '';
    const long = longTestsOf(folder, file);
    return (
      failureOf([npm, 'run', 'build'], {}, place) ??
      failureOf([join(root, 'node_modules/typescript-7/bin/tsc'), '-p', 'tsconfig.json']) ??
      failedTest(folder, 'EVOLOCK_SHORT_TESTS', ['run']) ??
      (long.length > 0 ? failedTest(folder, 'EVOLOCK_LONG_TESTS', ['run', ...long]) : undefined)
    );
  } finally {
    rmSync(join(place, 'dist'), { recursive: true });
    cpSync(kept, join(place, 'dist'), { recursive: true });
    rmSync(kept, { recursive: true });
  }
}

/**
 * @param {Mutant} mutant
 * @param {boolean} withLong
 */
function judge({ file, text, from, to, replacement }, withLong) {
  const path = join(root, file);
  const folder = file.split('/')[1] ?? '';
  try {
    writeFileSync(path, text.slice(0, from) + replacement + text.slice(to));
    const by = failedTest(folder, 'EVOLOCK_SHORT_TESTS', ['related', file]);
    if (by !== undefined) return { result: 'found', by };
    const later = withLong ? failureAfterBuild(folder, file) : undefined;
    if (later !== undefined) return { result: 'found after the build', by: later };
    return { result: 'NOT FOUND', by: '' };
  } finally {
    writeFileSync(path, text);
  }
}

/**
 * The results of earlier runs.
 *
 * @param {string} path
 */
function keptResults(path) {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  /** @type {Verdict[]} */
  const verdicts = lines.map((line) => JSON.parse(line));
  return new Map(verdicts.map((verdict) => [verdict.id, verdict]));
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
const results = join(root, 'node_modules/.cache', `mutation-${values.seed}.jsonl`);
mkdirSync(dirname(results), { recursive: true });
const earlier = keptResults(results);
const all = await allMutants(folders);
const sample = sampleOf(all, values.seed, Number(values.count));
console.log(`${sample.length} of ${all.length} changes, seed ${values.seed}`);
let found = 0;
for (const { mutant, id } of sample) {
  let verdict = earlier.get(id);
  if (verdict === undefined || (values.long && verdict.result === 'NOT FOUND')) {
    verdict = { id, ...judge(mutant, values.long) };
    appendFileSync(results, `${JSON.stringify(verdict)}\n`);
  }
  const { result, by } = verdict;
  if (result !== 'NOT FOUND') found += 1;
  console.log(`${result}: ${mutant.file}:${mutant.line} ${changeOf(mutant).slice(0, 160)} | ${by}`);
}
console.log(`${found} of ${sample.length} changes were found`);
