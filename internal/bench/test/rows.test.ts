import { describe, expect, test } from 'vitest';
import { figureRow, markdownOf, screenOf, timeRow, type Target } from '../src/rows.js';

const planOf = (target: Target | undefined) => ({ operation: 'operation', target });
const series = (...rounds: number[]) => ({ name: 'series', rounds });

describe('a row', () => {
  test('has the median of the ratios of its rounds, which is not the ratio of the medians', () => {
    // In some rounds the machine is three times slower for both.
    const subject = series(11, 33, 11, 36, 12);
    const bare = series(10, 30, 10, 30, 30);
    const { ratio, holds } = timeRow(planOf({ kind: 'at most', value: 1.1 }), [subject, bare]);
    expect(ratio?.median).toBeCloseTo(1.1);
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
    expect(ratio?.median).toBe(4.5);
    expect(holds).toBe(true);
  });

  test('shows how many times as long peers take', () => {
    const peer = { name: '64 × peer', rounds: [50] };
    const row = timeRow(planOf(undefined), [series(10), series(5), peer]);
    expect(row).toMatchObject({ beside: 'series 5 µs', others: [{ name: 'peer', ratio: 5 }] });
    expect(screenOf([row])).toContain('series 5 µs; peer 5.0 ×');
    expect(markdownOf([row])).toMatch(/\| operation \| peer \|\n.*\n\| operation \| 5\.0 × \|$/);
  });
});

test('the table has a line for each row, with as many cells as its head', () => {
  const rows = [
    timeRow(planOf({ kind: 'at most', value: 1.1 }), [series(1), series(2), series(3)]),
    figureRow('memory', 'KiB', [1, 2], 'how', { kind: 'at most', value: 0.5 }),
    { operation: 'threads', skipped: 'one thread' },
  ];
  const table = markdownOf(rows).split('\n\n')[0]!.split('\n');
  expect(table).toHaveLength(2 + rows.length);
  for (const line of table) expect(line.split('|')).toHaveLength(6);
  const [met, missed] = table.slice(2).map((line) => line.split(' | ')[2]);
  expect(met).toMatch(/^0\.500 .* ×; target ≤ 1\.1 ×: holds$/);
  expect(missed).toBe('target ≤ 0.5 KiB: missed');
  for (const { operation } of rows) expect(screenOf(rows)).toContain(operation);
  expect(screenOf(rows)).toContain('1 of 2 targets hold');
});
