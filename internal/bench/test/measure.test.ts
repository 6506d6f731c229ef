import { expect, test } from 'vitest';
import { each, measure, once, spreadOf, timed } from '../src/measure.js';

const effort = { rounds: 3, slice: 0, samples: 1, warmUp: 0 };

test('all candidates are warmed, and then take turns', async () => {
  const calls: string[] = [];
  const names = ['a', 'b', 'c'];
  const candidates = names.map((name) => once(name, () => calls.push(name)));
  const series = await measure(candidates, effort);
  const inTurn = Array.from({ length: effort.rounds + 1 }, () => names).flat();
  expect(calls.length).toBeGreaterThanOrEqual(inTurn.length);
  expect(calls.filter((name, index) => name !== calls[index - 1])).toEqual(inTurn);
  expect(series.map(({ name }) => name)).toEqual(names);
  for (const { rounds } of series) expect(rounds.length).toBe(effort.rounds);
});

test('the time that a candidate returns is used, in microseconds', async () => {
  const [series] = await measure([timed('a millisecond', () => Promise.resolve(1))], effort);
  expect(series?.rounds).toEqual([1000, 1000, 1000]);
});

test('each call gets a new value, which is released', async () => {
  const made: object[] = [];
  const used: object[] = [];
  const ended: object[] = [];
  const make = () => {
    const value = { release: () => ended.push(value) };
    made.push(value);
    return value;
  };
  await measure([each('update', make, (value) => used.push(value))], effort);
  expect(used.length).toBeGreaterThan(effort.rounds);
  expect(new Set(used).size).toBe(used.length);
  expect(ended).toEqual(made);
});

test('a candidate that throws fails the measurement', async () => {
  const failing = once('failing', () => {
    throw new Error('of the candidate');
  });
  await expect(measure([failing], effort)).rejects.toThrow('of the candidate');
});

test('the spread of values is their median and quartiles, in any order', () => {
  expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4 });
  expect(spreadOf([1, 2])).toEqual({ median: 1.5, low: 1.25, high: 1.75 });
  expect(spreadOf([1, 1e9, 2]).median).toBe(2);
  expect(() => spreadOf([])).toThrow(RangeError);
});
