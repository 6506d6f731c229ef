import {
  conformanceCases,
  coverage,
  KES_ALGORITHMS,
  kesSignatureVectors,
} from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { implementation } from './implementation.js';

describe.each(KES_ALGORITHMS)('%s conforms to the vectors', (kind) => {
  const depths = kesSignatureVectors()
    .filter(({ algorithm }) => algorithm === kind)
    .map(({ depth }) => depth);

  describe.each(depths)('at depth %i', (depth) => {
    const cases = conformanceCases({
      kes: (algorithm, at) =>
        algorithm === kind && at === depth ? implementation.kes?.(algorithm, at) : undefined,
    });
    for (const { group, name, run } of cases) test(`${group}: ${name}`, run);
  });
});

test('every key evolving algorithm of the vectors is offered', () => {
  const { notOffered, statement } = coverage(implementation);
  console.log(statement);
  expect(notOffered).toEqual(['seed expansion']);
});
