import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { each, measure, often, once, severalTimes, spreadOf, timed } from '../src/measure.js';

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

test('a cheap candidate is measured for each call', async () => {
  let calls = 0;
  await measure([often('cheap', 100, () => (calls += 1))], effort);
  expect(calls % 100).toBe(0);
  expect(calls).toBeGreaterThanOrEqual(100 * (effort.rounds + 1));
});

test('a repeated candidate is called several times for each sample', async () => {
  let calls = 0;
  const candidate = severalTimes(
    64,
    once('key pair', () => (calls += 1)),
  );
  expect(candidate.name).toBe('64 × key pair');
  candidate.run();
  expect(calls).toBe(64);
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
