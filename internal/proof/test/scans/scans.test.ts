import { describe, expect, test } from 'vitest';
import { provedOperations } from '../../src/operations/all-operations.js';
import { keyAt } from '../../src/secrets/expectation.js';
import { idOf, type Operation } from '../../src/operations/operation.js';
import { prove } from '../../src/prove/prove.js';
import { leafPath, periodsOf, seedsAt } from '../../src/secrets/tree.js';
import { as } from './as-everybody.js';
import { expectProved } from './verdicts.js';

/** One operation of each layer. The long tests scan every operation. */
const SAMPLES: Readonly<Record<string, string>> = {
  'locked bytes': 'fromBytes',
  seed: 'expand, then release all',
  Ed25519: 'sign, then release',
  VRF: 'prove, then release',
  'extended keys': 'sign, then release',
  Sum6: 'update',
  transports: 'a new file, written and read',
  'Cardano files': 'a KES signing key, written and read',
};

const sampled = provedOperations
  .filter(({ layer, name }) => SAMPLES[layer] === name)
  .map((operation): [string, Operation] => [idOf(operation), operation]);

describe('a scan of the process finds secrets in locked memory only, and nothing of what was erased', () => {
  test.concurrent.each(sampled)('%s', async (_name, operation) => {
    expectProved(await prove(operation, { prefix: as('ordinary', operation) }));
  });

  test('covers one operation of each layer', () => {
    expect(sampled).toHaveLength(Object.keys(SAMPLES).length);
  });
});

describe('the expectations of a scan', () => {
  test('after a whole life only the seed of the last leaf remains', () => {
    const { live, gone, leaves } = keyAt({ depth: 6, period: 63, visited: periodsOf(6) });
    expect(live).toEqual([leafPath(6, 63)]);
    expect(gone).toHaveLength(2 ** 7 - 2);
    expect(leaves).toHaveLength(64);
  });

  test('a key holds the seed of its leaf and the seeds of later subtrees', () => {
    expect(seedsAt(3, 0)).toEqual(['LLL', 'R', 'LR', 'LLR']);
    expect(seedsAt(3, 5)).toEqual(['RLR', 'RR']);
  });
});
