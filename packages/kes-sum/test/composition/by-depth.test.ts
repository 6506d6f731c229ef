import { keyOf } from '@evolock/test-keys';
import { codeOf, seedOf } from '@evolock/test-support';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  compactSumKesOfDepth,
  ed25519,
  MAX_DEPTH,
  sumKesOfDepth,
  type CheckedDepth,
  type KesAlgorithm,
  type KesDepth,
} from '../../src/index.js';
import { compactSums, sums } from '../algorithms.js';

const builders = [
  { name: 'sum', build: sumKesOfDepth, readyMade: sums },
  { name: 'compact', build: compactSumKesOfDepth, readyMade: compactSums },
] as const;

describe.each(builders)('$name by depth', ({ build, readyMade }) => {
  it('equals the named algorithm at depths 0 to 7', () => {
    for (const [depth, expected] of readyMade.entries()) {
      const algorithm: KesAlgorithm = build(ed25519, depth);
      expect(algorithm.name).toBe(expected.name);
      using key = keyOf(algorithm, seedOf(5));
      using same = keyOf(expected, seedOf(5));
      expect(key.sign(Uint8Array.of(1))).toEqual(same.sign(Uint8Array.of(1)));
    }
  });

  it('has 2^depth periods and the sizes of the formula at depth 16 and 20', () => {
    for (const depth of [16, MAX_DEPTH]) {
      const { totalPeriods, signingKeySize, verificationKeySize } = build(ed25519, depth);
      expect([totalPeriods, signingKeySize, verificationKeySize]).toEqual([
        2 ** depth,
        32 + 96 * depth,
        32,
      ]);
    }
  });

  it('refuses a depth outside 0 to 20', () => {
    for (const depth of [-1, MAX_DEPTH + 1, 1.5, NaN, '6', 6n, undefined]) {
      expect(codeOf(() => build(ed25519, depth as number))).toMatch(/^ERR_EVOLOCK_ARGUMENT_/);
    }
  });
});

it('has literal sizes for a literal depth and numbers for a number', () => {
  const sum16 = sumKesOfDepth(ed25519, 16);
  expectTypeOf(sum16.name).toEqualTypeOf<'ed25519_kes_2^16'>();
  expectTypeOf(sum16.totalPeriods).toEqualTypeOf<65536>();
  expectTypeOf(sum16.signatureSize).toEqualTypeOf<1088>();
  expectTypeOf(compactSumKesOfDepth(ed25519, 16).signatureSize).toEqualTypeOf<608>();
  const either = sumKesOfDepth(ed25519, Math.random() < 2 ? 3 : 4);
  expectTypeOf(either.totalPeriods).toEqualTypeOf<8 | 16>();
  expectTypeOf(sumKesOfDepth(ed25519, Number('3')).totalPeriods).toEqualTypeOf<number>();
});

it('does not compile with a literal depth outside 0 to 20, and the compiler says why', () => {
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
