import { codeOf, wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { periodClock } from '../src/index.js';

const moment = fc.date({ noInvalidDate: true });

test('a moment lies in the period whose beginning it is, until the next one begins', () => {
  fc.assert(
    fc.property(moment, moment, fc.integer({ min: 1, max: 1e9 }), (start, at, length) => {
      const clock = periodClock({ start, length });
      const period = clock.periodAt(at);
      const since = at.getTime() - start.getTime();
      expect(period * length * 1_000).toBeLessThanOrEqual(since);
      expect((period + 1) * length * 1_000).toBeGreaterThan(since);
    }),
  );
  const now = periodClock({ start: new Date(Date.now() - 5_000), length: 3_600 });
  expect(now.periodAt()).toBe(0);
  const days = periodClock({ start: new Date(0), length: 86_400 });
  expect(days.startOf(-1)).toEqual(new Date(-86_400_000));
});

test('wrong arguments are refused', () => {
  const start = new Date(0);
  const clock = periodClock({ start, length: 1 });
  for (const call of [
    () => periodClock({ start: new Date(NaN), length: 1 }),
    () => periodClock({ start, length: 0 }),
    () => periodClock({ start, length: 0.5 }),
    () => periodClock(wrongly({ start: 0, length: 1 })),
    () => periodClock(wrongly({ start, length: 1, end: start })),
    () => clock.periodAt(new Date(NaN)),
    () => clock.startOf(0.5),
    () => clock.startOf(1e15),
  ])
    expect(codeOf(call)).toMatch(/^ERR_EVOLOCK_ARGUMENT_/);
});
