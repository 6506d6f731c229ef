import { test } from 'vitest';
import { prove, WARM_UP } from '../../src/prove/prove.js';
import { repeatable } from './operations.js';
import { expectProved } from './verdicts.js';

// The optimising compiler has compiled the code by then. Compiled code may leave other traces.
test.concurrent.each(repeatable)(
  `after ${WARM_UP} times of the same: %s`,
  async (_name, operation) => {
    expectProved(await prove(operation, { repetitions: WARM_UP }));
  },
);
