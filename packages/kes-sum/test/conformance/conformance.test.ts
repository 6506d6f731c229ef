import { dsignImplementationOf, implementationOf } from '@evolock/test-keys';
import {
  conformanceCases,
  coverage,
  externalConformanceCases,
  haskellKesVectors,
  type Implementation,
} from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import { blake2b256, ed25519, InconsistentKeyError } from '../../src/index.js';
import { compactSums, greatestDepth, sums } from '../algorithms.js';

const checkedRead = {
  levelOf: (error: unknown) => (error instanceof InconsistentKeyError ? error.level : undefined),
};

const implementation: Implementation = {
  dsign: dsignImplementationOf(ed25519, ed25519),
  kes(algorithm, depth) {
    if (depth > 0 && (algorithm === 'single' || algorithm === 'compactSingle')) return undefined;
    const found = (algorithm === 'sum' || algorithm === 'single' ? sums : compactSums)[depth];
    return found && { ...implementationOf(found), checkedRead };
  },
};

// dsign-ed25519 runs the cases of Ed25519.
const own = conformanceCases({
  kes: (kind, depth) => (depth > greatestDepth ? undefined : implementation.kes?.(kind, depth)),
});
const external = externalConformanceCases(implementation);
for (const reason of external.skipped) test.skipIf(true)(reason, () => {});
for (const { group, name, run } of [...own, ...external.cases]) test(`${group}: ${name}`, run);

test('the package has every key evolving algorithm of the vectors', () => {
  const { notOffered, statement } = coverage(implementation);
  console.log(statement);
  expect(notOffered).toEqual(['seed expansion']);
  expect(external.cases.length + external.skipped.length).toBeGreaterThan(0);
});

test('hashes of verification keys are those of the Haskell reference', () => {
  for (const { verificationKey, verificationKeyHash } of haskellKesVectors()) {
    expect(blake2b256(verificationKey)).toEqual(verificationKeyHash);
  }
});
