// What makes the figures comparable, and the table of them.
import { expect, test } from 'vitest';
import { each, measure, once, timed } from '../src/measure.js';
import { atLeast, atMost, figureRow, markdownOf, skippedRow, timeRow } from '../src/rows.js';

const effort = { rounds: 3, slice: 0, samples: 1, warmUp: 0 };

test('all candidates are warmed, and then take turns; the time that one returns is used', async () => {
  const calls: string[] = [];
  const candidates = ['a', 'b', 'c'].map((name) => once(name, () => calls.push(name)));
  await measure(candidates, effort);
  const turns = calls.filter((name, index) => name !== calls[index - 1]).join('');
  expect(turns).toBe('abc'.repeat(1 + effort.rounds));
  const [series] = await measure([timed('a millisecond', () => Promise.resolve(1))], effort);
  expect(series).toEqual({ name: 'a millisecond', rounds: [1000, 1000, 1000] });
});

test('each call gets a new value, which is released; what throws fails the measurement', async () => {
  const made: object[] = [];
  const used: object[] = [];
  const ended: object[] = [];
  const make = () => {
    const value = { release: () => ended.push(value) };
    made.push(value);
    return value;
  };
  await measure([each('update', make, (value) => used.push(value))], effort);
  expect(new Set(used).size).toBe(used.length);
  expect(ended).toEqual(made);
  const failing = once('failing', () => {
    throw new Error('of the candidate');
  });
  await expect(measure([failing], effort)).rejects.toThrow('of the candidate');
});

test('a row has the median and the quartiles of its rounds, and of their ratios, and its target', () => {
  const series = (name: string, ...rounds: number[]) => ({ name, rounds });
  const rows = [
    // In some rounds the machine is three times slower for both.
    timeRow({ operation: 'sign', target: atMost(1.1) }, [
      ...[series('', 11, 33, 11, 36, 12), series('bare', 10, 30, 10, 30, 30)],
      series('64 × peer', 22, 66, 22, 72, 24),
    ]),
    timeRow({ operation: 'faster', target: atLeast(4) }, [series('', 2), series('bare', 9)]),
    timeRow({ operation: 'slow', target: atMost(1.1) }, [series('', 12), series('bare', 10)]),
    timeRow({ operation: 'beside', target: undefined }, [series('', 1), series('bare', 2)]),
    figureRow('memory', 'KiB', [2, 1], 'how', atMost(0.5)),
    skippedRow('threads', 'one thread'),
  ];
  expect(rows.map(({ holds }) => holds)).toEqual([true, true, false, undefined, false, undefined]);
  const [table = '', , , , others] = markdownOf(rows).split('\n\n');
  expect(table.split('\n').slice(2)).toEqual([
    '| sign | 12 (11–33) µs | 1.100 ×; target ≤ 1.1 ×: holds | bare 30 (10–30) µs |',
    '| faster | 2 µs | 4.5 ×; target ≥ 4 ×: holds | bare 9 µs |',
    '| slow | 12 µs | 1.200 ×; target ≤ 1.1 ×: missed | bare 10 µs |',
    '| beside | 1 µs | 0.500 × | bare 2 µs |',
    '| memory | 1.50 (1.25–1.75) KiB | target ≤ 0.5 KiB: missed | how |',
    '| threads |  |  | skipped: one thread |',
  ]);
  expect(others).toBe('| operation | peer |\n| --- | --: |\n| sign | 2.000 × |');
});
