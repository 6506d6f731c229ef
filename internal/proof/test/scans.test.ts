import { describe, expect, test } from 'vitest';
import { idOf } from '../src/operations/operation.js';
import { keyAt } from '../src/secrets/expectation.js';
import { leafPath, periodsOf, seedsAt } from '../src/secrets/tree.js';
import { as, expectProved, named } from './statements.js';

/** An operation of most layers. The long tests scan every operation. */
const SAMPLES = [
  'locked bytes: fromBytes',
  'seed: expand, then release all',
  'Ed25519: sign, then release',
  'VRF: prove, then release',
  'extended keys: sign, then release',
  'Sum6: update',
  'transports: a new file, written and read',
  'Cardano files: a KES signing key, written and read',
];

const sampled = named((each) => SAMPLES.includes(idOf(each)));

describe('a scan of the process finds secrets in locked memory only, and nothing of what was erased', () => {
  test.concurrent.each(sampled)('%s', async (_name, statement) => {
    await expectProved(statement, { prefix: as('ordinary', statement) });
  });

  test('covers every sample', () => {
    expect(sampled).toHaveLength(SAMPLES.length);
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
