/** A fuzzer speaks to all sockets of an agent for longer. */
import { test } from 'vitest';
import { expectOutlives } from '../support/clients/fuzz.js';

test.each([2, 3, 4])('an agent outlives many clients that send anything, seed %i', async (seed) => {
  await expectOutlives(1_500, seed);
});
