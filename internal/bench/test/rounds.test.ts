import { expect, test } from 'vitest';
import { each, often, once, severalTimes, timed } from '../src/timing/candidate.js';
import { measure } from '../src/timing/rounds.js';

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
    made.push({});
    return made.at(-1)!;
  };
  await measure(
    [
      each(
        'update',
        make,
        (value) => used.push(value),
        (value) => ended.push(value),
      ),
    ],
    effort,
  );
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
