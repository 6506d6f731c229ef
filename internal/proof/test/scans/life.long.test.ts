import { describe, test } from 'vitest';
import { prove } from '../../src/prove/prove.js';
import { as } from './as-everybody.js';
import { lives, ofLayers } from './operations.js';
import { expectProved } from './verdicts.js';

describe('after an update the old leaf and the used seeds are nowhere, after a release nothing is', () => {
  test.concurrent.each(lives)('%s', async (_name, operation) => {
    expectProved(await prove(operation, { prefix: as('ordinary', operation) }));
  });
});

describe('nothing is left when the exit handlers have run, or the collector has found a lost key', () => {
  test.concurrent.each(ofLayers('the end of the process', 'lost values'))(
    '%s',
    async (_name, operation) => {
      expectProved(await prove(operation, { prefix: as('ordinary', operation) }));
    },
  );
});
