import { describe, test } from 'vitest';
import { prove } from '../../src/prove/prove.js';
import { as } from './as-everybody.js';
import { ofLayers } from './operations.js';
import { expectProved } from './verdicts.js';

describe('no file of a signing key leaves a copy outside of locked memory, in bytes or in digits', () => {
  test.concurrent.each(ofLayers('Cardano files'))('%s', async (_name, operation) => {
    expectProved(await prove(operation, { prefix: as('ordinary', operation) }));
  });
});
