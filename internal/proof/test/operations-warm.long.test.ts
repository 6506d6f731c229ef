import { test } from 'vitest';
import { prove, WARM_UP } from '../src/prove.js';
import { repeatable } from './operations.js';
import { expectProved } from './verdicts.js';

// The optimising compiler has been over the code by then, and what it leaves where is another matter.
test.concurrent.each(repeatable)(
  `after ${WARM_UP} times of the same: %s`,
  async (_name, operation) => {
    expectProved(await prove(operation, { repetitions: WARM_UP }));
  },
);
