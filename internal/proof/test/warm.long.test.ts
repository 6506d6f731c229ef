import { test } from 'vitest';
import { WARM_UP } from '../src/scan/prove.js';
import { expectProved, named } from './statements.js';

// The optimising compiler has compiled the code by then. Compiled code may leave other traces.
test.concurrent.each(named(({ once }) => once !== true))(
  `after ${WARM_UP} times of the same: %s`,
  (_name, statement) => expectProved(statement, { repetitions: WARM_UP }),
);

// What is done once in a process is scanned as the user who runs the tests, too.
test.concurrent.each(named(({ layer, once }) => layer === 'transports' && once === true))(
  'fresh: %s',
  (_name, statement) => expectProved(statement, {}),
);
