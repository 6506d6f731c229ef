import {
  conformanceCases,
  coverage,
  externalConformanceCases,
  haskellKesVectors,
} from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { blake2b256 } from '../../src/index.js';
import { implementation } from './implementation.js';

describe('the package conforms to the vectors', () => {
  // dsign-ed25519 runs the cases of Ed25519.
  const cases = conformanceCases({ kes: (kind, depth) => implementation.kes?.(kind, depth) });
  for (const { group, name, run } of cases) test(`${group}: ${name}`, run);
});

test('the package has every key evolving algorithm of the vectors', () => {
  const { notOffered, statement } = coverage(implementation);
  console.log(statement);
  expect(notOffered).toEqual(['seed expansion']);
});

test('hashes of verification keys are those of the Haskell reference', () => {
  for (const { verificationKey, verificationKeyHash } of haskellKesVectors()) {
    expect(blake2b256(verificationKey)).toEqual(verificationKeyHash);
  }
});

const { cases, skipped } = externalConformanceCases(implementation);
for (const reason of skipped) test.skipIf(true)(reason, () => {});
for (const { group, name, run } of cases) test(`${group}: ${name}`, run);

test('every file has cases or a reason why it has none', () => {
  expect(cases.length + skipped.length).toBeGreaterThan(0);
});
