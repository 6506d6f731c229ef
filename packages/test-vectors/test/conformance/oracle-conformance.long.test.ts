import { describe, expect, test } from 'vitest';
import { oracle } from '../../oracle/scheme/implementation.js';
import {
  conformanceCases,
  coverage,
  externalConformanceCases,
  kesSignatureVectors,
} from '../../src/index.js';
import { testCases } from './run-cases.js';

/** The oracle generates the vectors of every depth. What it reads, refuses and encodes is proved at these. */
const DEEPEST = 4;

describe('the oracle conforms to the vectors', () => {
  testCases(
    conformanceCases(oracle).filter(
      ({ group, location: { depth = 0 } }) => group === 'kes haskell' || depth <= DEEPEST,
    ),
  );
});

describe('the oracle conforms to external vectors', () => {
  const { cases, skipped } = externalConformanceCases(oracle);
  for (const reason of skipped) console.log(reason);
  testCases(cases);
  test('every file has cases or says why it has none', () => {
    expect(cases.length + skipped.length).toBeGreaterThan(0);
  });
});

describe('cases and coverage', () => {
  const cases = conformanceCases(oracle);

  test('no two cases of a group have one name', () => {
    const names = cases.map(({ group, name }) => `${group}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test('the coverage of the oracle counts every case and every part is offered', () => {
    const { total, groups, notOffered, statement } = coverage(oracle);
    expect(total).toBe(cases.length);
    expect([...groups.values()].reduce((sum, count) => sum + count, 0)).toBe(total);
    expect(notOffered).toEqual([]);
    console.log(statement);
  });

  test('the coverage lists what is not offered', () => {
    const { notOffered, statement } = coverage({
      kes: (algorithm, depth) =>
        algorithm === 'sum' && depth === 7 ? undefined : oracle.kes?.(algorithm, depth),
    });
    expect(notOffered).toEqual(['seed expansion', 'ed25519', 'sum depth 7']);
    expect(statement).toContain('not offered: seed expansion, ed25519, sum depth 7');
  });

  test('every algorithm has every depth', () => {
    const pairs = kesSignatureVectors().map(({ algorithm, depth }) => `${algorithm} ${depth}`);
    const depths = [0, 1, 2, 3, 4, 5, 6, 7];
    expect(pairs).toEqual([
      'single 0',
      'compactSingle 0',
      ...depths.map((depth) => `sum ${depth}`),
      ...depths.map((depth) => `compactSum ${depth}`),
    ]);
  });
});
