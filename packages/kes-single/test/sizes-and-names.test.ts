import { toyDsign } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { compactSingleKes, ed25519, singleKes } from '../src/index.js';
import { compositionOf } from '../src/composition.js';

test('single over Ed25519 has the name and sizes of the reference', () => {
  expect(singleKes(ed25519)).toMatchObject({
    name: 'ed25519_kes_2^0',
    variant: 'sum',
    depth: 0,
    totalPeriods: 1,
    seedSize: 32,
    verificationKeySize: 32,
    signatureSize: 64,
    signingKeySize: 32,
  });
});

test('compact single over Ed25519 has its own name and the sizes of the reference', () => {
  expect(compactSingleKes(ed25519)).toMatchObject({
    name: 'ed25519_compact_kes_2^0',
    variant: 'compact',
    depth: 0,
    totalPeriods: 1,
    seedSize: 32,
    verificationKeySize: 32,
    signatureSize: 96,
    signingKeySize: 32,
  });
});

test('sizes follow from those of the leaf scheme', () => {
  const sizes = { seedSize: 32, verificationKeySize: 48, signingKeySize: 40 };
  expect(singleKes(toyDsign())).toMatchObject({
    ...sizes,
    name: 'toy_kes_2^0',
    signatureSize: 80,
  });
  expect(compactSingleKes(toyDsign())).toMatchObject({
    ...sizes,
    name: 'toy_compact_kes_2^0',
    signatureSize: 128,
  });
});

test('compositionOf describes an algorithm', () => {
  const scheme = toyDsign();
  const { name, seedSize, verificationKeySize, signatureSize, signingKeySize } = scheme;
  const dsign = { name, seedSize, verificationKeySize, signatureSize, signingKeySize };
  for (const [algorithm, variant] of [
    [singleKes(scheme), 'sum'],
    [compactSingleKes(scheme), 'compact'],
  ] as const)
    expect(compositionOf(algorithm)).toMatchObject({ dsign, depth: 0, variant });
  expect(compositionOf(singleKes(ed25519))).toEqual({ dsign: ed25519, depth: 0, variant: 'sum' });
});

test('scratchSizes states one seed', () => {
  for (const algorithm of [singleKes(ed25519), compactSingleKes(ed25519)]) {
    expect([algorithm.lockedSize, algorithm.scratchSizes]).toEqual([64, [32]]);
    expect(Object.isFrozen(algorithm.scratchSizes)).toBe(true);
  }
});

test('an algorithm is frozen', () => {
  for (const algorithm of [singleKes(ed25519), compactSingleKes(ed25519)]) {
    expect(Object.isFrozen(algorithm)).toBe(true);
  }
});
