import { test } from 'vitest';
import { WARM_UP } from '../src/scan/prove.js';
import { expectProved, rows } from './operations.js';

// The optimising compiler has compiled the code by then. Compiled code may leave other traces.
test.concurrent.each(rows.filter(({ once }) => once !== true))(
  `after ${WARM_UP} times of the same: $layer: $name`,
  (operation) => expectProved(operation, { repetitions: WARM_UP }),
);

// What is done once in a process is scanned as the user who runs the tests, too.
test.concurrent.each(rows.filter(({ layer, once }) => layer === 'transports' && once === true))(
  'fresh: $name',
  (operation) => expectProved(operation, {}),
);
