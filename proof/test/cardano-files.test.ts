import { describe, test } from 'vitest';
import { operationOf } from '../src/all-operations.js';
import { prove, WARM_UP } from '../src/prove.js';
import { ofLayers } from './operations.js';
import { expectProved } from './verdicts.js';

describe('no file of a signing key leaves a copy outside of locked memory, in bytes or in digits', () => {
  test.concurrent.each(ofLayers('Cardano files'))('%s', async (_name, operation) => {
    expectProved(await prove(operation));
  });
});

/** The compiler has been over the scanner of JSON and the decoder of digits by then. */
const warm = [
  'Cardano files: a KES signing key, written and read',
  'Cardano files: a cold key, written and read',
  'Cardano files: a file with a letter among its digits',
];

test.concurrent.each(warm)(`after ${WARM_UP} times of the same: %s`, async (id) => {
  expectProved(await prove(operationOf(id), { repetitions: WARM_UP }));
});
