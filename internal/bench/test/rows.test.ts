import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { once } from '../src/timing/candidate.js';
import { markdownOf } from '../src/report/markdown.js';
import { readOptions } from '../src/options.js';
import { drawingOf } from '../src/report/plot.js';
import { figureRow, timeRow, type Target } from '../src/rows/row.js';
import { spreadOf } from '../src/timing/statistics.js';
import { thisSystem } from '../src/report/system.js';

describe('the spread of values', () => {
  test('is the median and the quartiles', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4 });
    expect(spreadOf([1, 2])).toEqual({ median: 1.5, low: 1.25, high: 1.75 });
    expect(() => spreadOf([])).toThrow(RangeError);
  });

  test('does not depend on their order or on one outlier', () => {
    const values = fc.array(fc.double({ min: 1, max: 2, noNaN: true }), {
      minLength: 4,
      maxLength: 30,
    });
    fc.assert(
      fc.property(values, (some) => {
        const sorted = [...some].sort((left, right) => left - right);
        expect(spreadOf(some)).toEqual(spreadOf(sorted));
        expect(spreadOf([...some, 1e9]).median).toBeLessThanOrEqual(2);
      }),
    );
  });
});

const nothing = once('nothing', () => undefined);
const planOf = (target: Target | undefined) => ({
  operation: 'operation',
  subject: nothing,
  bare: nothing,
  target,
  peers: [nothing],
});
const series = (...rounds: number[]) => ({ name: 'series', rounds });

describe('a row', () => {
  test('has the median of the ratios of its rounds, which is not the ratio of the medians', () => {
    // In some rounds the machine is three times slower for both.
    const subject = series(11, 33, 11, 36, 12);
    const bare = series(10, 30, 10, 30, 30);
    const { ratio, holds } = timeRow(planOf({ kind: 'at most', value: 1.1 }), [subject, bare]);
    expect(ratio.median).toBeCloseTo(1.1);
    expect(holds).toBe(true);
  });

  test('shows that a target is missed', () => {
    const plan = planOf({ kind: 'at most', value: 1.1 });
    expect(timeRow(plan, [series(12), series(10)]).holds).toBe(false);
    expect(timeRow(planOf(undefined), [series(12), series(10)]).holds).toBeUndefined();
  });

  test('shows the factor of speed where that is the target', () => {
    const { ratio, holds } = timeRow(planOf({ kind: 'at least', value: 4 }), [
      series(2),
      series(9),
    ]);
    expect(ratio.median).toBe(4.5);
    expect(holds).toBe(true);
  });

  test('shows how many times as long peers take', () => {
    const { peers } = timeRow(planOf(undefined), [series(10), series(5), series(50)]);
    expect(peers).toEqual([{ name: 'series', ratio: { median: 5, low: 5, high: 5 } }]);
  });
});

test('the command line', () => {
  const none = { short: false, json: false, document: false, plot: false };
  expect(readOptions([])).toEqual(none);
  expect(readOptions(['--json', '--plot'])).toEqual({ ...none, json: true, plot: true });
  for (const wrong of [['--other'], ['file'], ['--short', '--document']]) {
    expect(readOptions(wrong)).toBeUndefined();
  }
});

test('a plot has every operation and the limit, all within the axes', () => {
  const points = Array.from({ length: 17 }, (_, depth) => {
    const spread = (median: number) => ({ median, low: median, high: median });
    return { depth, cost: spread(20 * 2 ** depth), keyPairs: spread(2 ** depth) };
  });
  const svg = drawingOf([
    { operation: 'sign', points },
    { operation: 'costliest update', points },
  ]);
  for (const name of ['sign', 'costliest update', 'costliest update of other implementations'])
    expect(svg).toContain(`>${name}</text>`);
  const heights = [...svg.matchAll(/[ML]\d+\.\d (-?\d+\.\d)/g)].map(([, height]) => Number(height));
  expect(heights).toHaveLength(3 * 17);
  for (const height of heights) expect(height).toBeGreaterThan(72);
  for (const height of heights) expect(height).toBeLessThan(520 - 128);
});

test('the tables of the documentation have as many cells in each line as in their head', () => {
  const plan = { ...planOf({ kind: 'at most', value: 1.1 }), peers: [nothing, nothing, nothing] };
  const figure = figureRow('memory', 'KiB', [1, 2], { kind: 'at most', value: 6 }, 'how');
  const markdown = markdownOf({
    system: thisSystem(),
    seconds: 1,
    short: false,
    times: [
      timeRow(plan, [series(1), series(2), series(3), series(4), series(5)]),
      { operation: 'threads', skipped: 'one thread' },
    ],
    figures: [figure, { operation: 'keys', skipped: 'no user' }],
    rules: [{ rule: 'a rule', when: 'always', cost: spreadOf([1]) }],
    depths: [],
  });
  const cells = (line: string) => line.split('|').length;
  const tables = markdown.split('\n\n').filter((block) => block.startsWith('|'));
  expect(tables.length).toBe(4);
  for (const table of tables) {
    const [head, ...lines] = table.split('\n');
    for (const line of lines) expect(cells(line), line).toBe(cells(head!));
  }
});
