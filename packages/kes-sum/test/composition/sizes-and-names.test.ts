import { describe, expect, test } from 'vitest';
import { algorithms, compactSums, sums } from '../algorithms.js';

/** The table of the reference: depth, periods, signing key, sum signature, compact signature. */
const table = [
  [0, 1, 32, 64, 96],
  [1, 2, 128, 128, 128],
  [2, 4, 224, 192, 160],
  [3, 8, 320, 256, 192],
  [4, 16, 416, 320, 224],
  [5, 32, 512, 384, 256],
  [6, 64, 608, 448, 288],
  [7, 128, 704, 512, 320],
] as const;

describe.each(table)('depth %i', (depth, totalPeriods, signingKeySize, sum, compact) => {
  test('sum has the name and sizes of the reference', () => {
    expect(sums[depth]).toMatchObject({
      name: `ed25519_kes_2^${depth}`,
      variant: 'sum',
      depth,
      totalPeriods,
      seedSize: 32,
      verificationKeySize: 32,
      signingKeySize,
      signatureSize: sum,
    });
  });

  test('compact sum has its own name and the sizes of the reference', () => {
    expect(compactSums[depth]).toMatchObject({
      name: `ed25519_compact_kes_2^${depth}`,
      variant: 'compact',
      depth,
      totalPeriods,
      seedSize: 32,
      verificationKeySize: 32,
      signingKeySize,
      signatureSize: compact,
    });
  });
});

test('all names are different', () => {
  expect(new Set(algorithms.map(({ name }) => name)).size).toBe(algorithms.length);
});
