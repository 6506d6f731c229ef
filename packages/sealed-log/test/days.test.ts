/** A few random days of a log, and of another machine that verifies it. */
import fc from 'fast-check';
import { test } from 'vitest';
import { change, events, expectFound, honestDays } from './support/days.js';

test('an honest log never alarms, and a dishonest one does at the place of the change', async () => {
  const property = fc.asyncProperty(events(15), fc.nat(1000), change, async (taken, pick, to) => {
    const days = await honestDays(taken);
    await expectFound(days, pick, to);
  });
  await fc.assert(property, { numRuns: 2, seed: 37 });
});
