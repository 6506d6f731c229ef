/** A fuzzer speaks to all sockets of an agent. */
import { test } from 'vitest';
import { expectOutlives } from '../support/clients/fuzz.js';

test('an agent outlives clients that send anything', async () => {
  await expectOutlives(60, 1);
});
