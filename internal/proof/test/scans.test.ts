import { describe, expect, test } from 'vitest';
import { idOf } from '../src/operations/operation.js';
import { keyAt, leafPath, periodsOf, seedsAt } from '../src/secrets/expectation.js';
import { breakages } from './broken-rules/breakages.js';
import { editedSources } from './broken-rules/edited-source.js';
import { as, expectProved, named } from './statements.js';

/** Some operations, of keys of each kind. The long tests scan every operation. */
const SAMPLES = ['Sum6: update', 'Cardano files: a KES signing key, written and read'];

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

// broken-rules.long.test.ts takes minutes. This test checks only that each edit still has one place in the sources.
test.each(breakages)('"$how" changes the source', ({ edits }) => {
  for (const edit of edits) expect(editedSources([edit]).size).toBe(1);
});
