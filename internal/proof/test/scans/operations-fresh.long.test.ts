import { test } from 'vitest';
import { prove } from '../../src/prove/prove.js';
import { as } from './as-everybody.js';
import { others } from './operations.js';
import { expectProved } from './verdicts.js';

test.concurrent.each(others)(
  'first thing in its process, as an ordinary user: %s',
  async (_name, operation) => {
    expectProved(await prove(operation, { prefix: as('ordinary', operation) }));
  },
);
