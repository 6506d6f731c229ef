import { keyOf } from '@evolock/test-keys';
import { codeOf, seedOf } from '@evolock/test-support';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  type CheckedDepth,
  compactSumKesOfDepth,
  ed25519,
  type KesAlgorithm,
  type KesDepth,
  MAX_DEPTH,
  sumKesOfDepth,
} from '../../src/index.js';
import { algorithms, compactSums, sums } from '../algorithms.js';

// Imported by the test: mutation testing counts failed tests, and a file that cannot be loaded has none.
test('the package loads and exports every named algorithm', async () => {
  const evolock = (await import('../../src/index.js')) as Record<string, unknown>;
  for (let depth = 0; depth <= 7; depth += 1) {
    expect(evolock[`sum${depth}Kes`]).toMatchObject({ name: `ed25519_kes_2^${depth}`, depth });
    const name = `ed25519_compact_kes_2^${depth}`;
    expect(evolock[`compactSum${depth}Kes`]).toMatchObject({ name, depth });
  }
});

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

const builders = [
  { name: 'sum', build: sumKesOfDepth, readyMade: sums },
  { name: 'compact', build: compactSumKesOfDepth, readyMade: compactSums },
] as const;

describe.each(builders)('$name by depth', ({ build, readyMade }) => {
  test('equals the named algorithm at depths 0 to 7', () => {
    for (const [depth, expected] of readyMade.entries()) {
      const algorithm: KesAlgorithm = build(ed25519, depth);
      expect(algorithm.name).toBe(expected.name);
      using key = keyOf(algorithm, seedOf(5));
      using same = keyOf(expected, seedOf(5));
      expect(key.sign(Uint8Array.of(1))).toEqual(same.sign(Uint8Array.of(1)));
    }
  });

  test('has 2^depth periods and the sizes of the formula at depth 16 and 20', () => {
    for (const depth of [16, MAX_DEPTH]) {
      const { totalPeriods, signingKeySize, verificationKeySize } = build(ed25519, depth);
      expect([totalPeriods, signingKeySize, verificationKeySize]).toEqual([
        2 ** depth,
        32 + 96 * depth,
        32,
      ]);
    }
  });

  test('refuses a depth outside 0 to 20', () => {
    for (const depth of [-1, MAX_DEPTH + 1, 1.5, NaN, '6', 6n, undefined]) {
      expect(codeOf(() => build(ed25519, depth as number))).toMatch(/^ERR_EVOLOCK_ARGUMENT_/);
    }
  });
});

test('has literal sizes for a literal depth and numbers for a number', () => {
  const sum16 = sumKesOfDepth(ed25519, 16);
  expectTypeOf(sum16.name).toEqualTypeOf<'ed25519_kes_2^16'>();
  expectTypeOf(sum16.totalPeriods).toEqualTypeOf<65536>();
  expectTypeOf(sum16.signatureSize).toEqualTypeOf<1088>();
  expectTypeOf(compactSumKesOfDepth(ed25519, 16).signatureSize).toEqualTypeOf<608>();
  const either = sumKesOfDepth(ed25519, Math.random() < 2 ? 3 : 4);
  expectTypeOf(either.totalPeriods).toEqualTypeOf<8 | 16>();
  expectTypeOf(sumKesOfDepth(ed25519, Number('3')).totalPeriods).toEqualTypeOf<number>();
});

test('does not compile with a literal depth outside 0 to 20, and the compiler says why', () => {
  type Said = 'a depth is an integer from 0 to 20';
  expectTypeOf<CheckedDepth<-1>>().toEqualTypeOf<Said>();
  expectTypeOf<CheckedDepth<1.5>>().toEqualTypeOf<Said>();
  expectTypeOf<CheckedDepth<21>>().toEqualTypeOf<Said>();
  expectTypeOf<CheckedDepth<3 | 21>>().toEqualTypeOf<3 | Said>();
  expectTypeOf<CheckedDepth<20>>().toEqualTypeOf<20>();
  expectTypeOf<CheckedDepth<number>>().toEqualTypeOf<number>();
  expectTypeOf<KesDepth>().exclude<number>().toBeNever();
  const refused = [
    // @ts-expect-error -- a depth is not negative
    () => sumKesOfDepth(ed25519, -1),
    // @ts-expect-error -- a depth is an integer
    () => sumKesOfDepth(ed25519, 1.5),
    // @ts-expect-error -- the greatest depth is 20
    () => sumKesOfDepth(ed25519, 21),
    // @ts-expect-error -- a depth is not negative
    () => compactSumKesOfDepth(ed25519, -1),
    // @ts-expect-error -- a depth is an integer
    () => compactSumKesOfDepth(ed25519, 1.5),
    // @ts-expect-error -- the greatest depth is 20
    () => compactSumKesOfDepth(ed25519, 21),
  ];
  for (const build of refused) expect(codeOf(build)).toMatch(/^ERR_EVOLOCK_ARGUMENT_/);
  const deepest: KesDepth = MAX_DEPTH;
  expect(sumKesOfDepth(ed25519, deepest).totalPeriods).toBe(2 ** 20);
});
