import { describe, expect, test } from 'vitest';
import { keyAt } from '../src/expectation.js';
import { prove } from '../src/prove.js';
import { leafPath, periodsOf, seedsAt } from '../src/tree.js';
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

test('what a life has to leave behind is the whole tree but its last leaf', () => {
  const { live, gone, leaves } = keyAt({ depth: 6, period: 63, visited: periodsOf(6) });
  expect(live).toEqual([leafPath(6, 63)]);
  expect(gone).toHaveLength(2 ** 7 - 2);
  expect(leaves).toHaveLength(64);
});

test('a key has its leaf and the seeds of what is still to come', () => {
  expect(seedsAt(3, 0)).toEqual(['LLL', 'R', 'LR', 'LLR']);
  expect(seedsAt(3, 5)).toEqual(['RLR', 'RR']);
});
