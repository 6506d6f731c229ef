// Names, sizes and periods of the algorithms: as values, as types, and equal. The compiler checks the types.
import { readFileSync } from 'node:fs';
import { keyOf } from '@evolock/test-keys';
import { codeOf, seedOf, toyDsign, type ToyShape } from '@evolock/test-support';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  compactSingleKes,
  compactSumKes,
  compactSumKesOfDepth,
  ed25519,
  MAX_DEPTH,
  singleKes,
  sum6Kes,
  sumKes,
  sumKesOfDepth,
  type CheckedDepth,
  type LeafScheme,
  type KesAlgorithm,
  type KesDepth,
  type KesSignature,
  type KesSigningKey,
  type KesVerificationKey,
  type MLockedSeed,
  type CompactSum6,
  type Sum6,
  type Sum7,
  type SumKes,
  type SumKesOver,
} from '../../src/all.js';
import { compactSums, sums } from '../algorithms.js';

const sum0Kes = sumKesOfDepth(0);

const bytes = new Uint8Array(32);

/** The table of the reference: depth, periods, signing key, sum signature, compact signature. */
const reference = [
  [0, 1, 32, 64, 96],
  [1, 2, 128, 128, 128],
  [2, 4, 224, 192, 160],
  [3, 8, 320, 256, 192],
  [4, 16, 416, 320, 224],
  [5, 32, 512, 384, 256],
  [6, 64, 608, 448, 288],
  [7, 128, 704, 512, 320],
] as const;

const kinds = [
  { variant: 'sum', name: '_kes_2^', named: sums, build: sumKesOfDepth },
  { variant: 'compact', name: '_compact_kes_2^', named: compactSums, build: compactSumKesOfDepth },
] as const;

describe.each(kinds)('$variant', ({ variant, name, named, build }) => {
  test.each(reference)(
    'has the name and sizes of the reference at depth %i, named or by depth',
    (depth, totalPeriods, signingKeySize, sum, compact) => {
      const byDepth: KesAlgorithm = build(depth);
      for (const algorithm of [named[depth]!, byDepth]) {
        expect(algorithm).toMatchObject({
          name: `ed25519${name}${depth}`,
          variant,
          depth,
          totalPeriods,
          seedSize: 32,
          verificationKeySize: 32,
          signingKeySize,
          signatureSize: variant === 'sum' ? sum : compact,
        });
      }
      using key = keyOf(byDepth, seedOf(5));
      using same = keyOf(named[depth]!, seedOf(5));
      expect(key.sign(bytes)).toEqual(same.sign(bytes));
    },
  );

  test('refuses a depth outside 0 to 20, and the compiler says why', () => {
    for (const depth of [-1, MAX_DEPTH + 1, 1.5]) {
      expect(codeOf(() => build(depth))).toMatch(/^ERR_EVOLOCK_ARGUMENT_/);
    }
    // @ts-expect-error -- a depth is not negative
    expect(() => build(-1)).toThrow();
    // @ts-expect-error -- a depth is an integer
    expect(() => build(1.5)).toThrow();
    // @ts-expect-error -- the greatest depth is 20
    expect(() => build(21)).toThrow();
  });
});

test('every row of the table of types states the sizes of the algorithm', () => {
  const source = readFileSync(new URL('../../src/shapes.ts', import.meta.url), 'utf8');
  const rows = source.matchAll(
    /^ {2}(\d+): \{ above: (\w+); totalPeriods: (\d+); signingKey: (\d+); sum: (\d+); compact: (\d+) \}/gm,
  );
  const stated = Array.from(rows, ([, ...cells]) => cells);
  const actual = Array.from({ length: MAX_DEPTH + 1 }, (_, depth) => {
    const { totalPeriods, signingKeySize, signatureSize } = sumKesOfDepth(depth);
    const compact = compactSumKesOfDepth(depth);
    const above = depth === MAX_DEPTH ? 'number' : depth + 1;
    const sizes = [totalPeriods, signingKeySize, signatureSize, compact.signatureSize];
    return [depth, above, ...sizes].map(String);
  });
  expect(stated).toEqual(actual);
});

test('a literal depth outside of the table becomes the text that the compiler shows', () => {
  type Said = 'a depth is an integer from 0 to 20';
  expectTypeOf<CheckedDepth<-1>>().toEqualTypeOf<Said>();
  expectTypeOf<CheckedDepth<1.5>>().toEqualTypeOf<Said>();
  expectTypeOf<CheckedDepth<3 | 21>>().toEqualTypeOf<3 | Said>();
  expectTypeOf<CheckedDepth<20>>().toEqualTypeOf<20>();
  expectTypeOf<CheckedDepth<number>>().toEqualTypeOf<number>();
  expectTypeOf<KesDepth>().exclude<number>().toBeNever();
});

test('a composition and an algorithm by depth have the same literal types', () => {
  const sum = sumKes(sumKes(singleKes(ed25519)));
  expectTypeOf(sum).toEqualTypeOf(sumKesOfDepth(2));
  expectTypeOf<Pick<typeof sum, keyof Sum2>>().toEqualTypeOf<Sum2>();
  const compact = compactSumKes(compactSumKes(compactSingleKes(ed25519)));
  expectTypeOf(compact).toEqualTypeOf(compactSumKesOfDepth(2));
  expectTypeOf(compact.name).toEqualTypeOf<'ed25519_compact_kes_2^2'>();
  expectTypeOf(compact.signatureSize).toEqualTypeOf<160>();
  expectTypeOf(sum6Kes.signatureSize).toEqualTypeOf<448>();
  // The last row.
  expectTypeOf<SumKes<20>>().toEqualTypeOf<SumKesOver<SumKes<19>>>();
  expect(sum.signatureSize).toBe(192);
});

interface Sum2 {
  readonly name: 'ed25519_kes_2^2';
  readonly variant: 'sum';
  readonly depth: 2;
  readonly totalPeriods: 4;
  readonly seedSize: 32;
  readonly verificationKeySize: 32;
  readonly signingKeySize: 224;
  readonly signatureSize: 192;
}

test('sizes that the table does not have are of type number', () => {
  const toy: LeafScheme<ToyShape> = toyDsign();
  const sum = sumKes(sumKes(singleKes(toy)));
  expectTypeOf(sum.name).toEqualTypeOf<'toy_kes_2^2'>();
  expectTypeOf(sum.totalPeriods).toEqualTypeOf<4>();
  expectTypeOf(sum.signatureSize).toEqualTypeOf<number>();
  expectTypeOf(sum.verificationKeySize).toEqualTypeOf<32>();
  const unknown = sumKes(singleKes(ed25519 as LeafScheme));
  expectTypeOf(unknown.signatureSize).toEqualTypeOf<number>();
  expectTypeOf(unknown.totalPeriods).toEqualTypeOf<2>();
  expectTypeOf(unknown).toExtend<KesAlgorithm>();

  type Sum21 = SumKesOver<SumKes<20>>;
  expectTypeOf<Sum21['depth']>().toEqualTypeOf<number>();

  const either = sumKesOfDepth(Math.random() < 2 ? 3 : 4);
  expectTypeOf(either.totalPeriods).toEqualTypeOf<8 | 16>();
  expectTypeOf(sumKesOfDepth(Number('3')).totalPeriods).toEqualTypeOf<number>();
  expect([sum.signatureSize, sum.signingKeySize]).toEqual([240, 264]);
});

test('a key, a signature and a verification key carry the name of their algorithm', () => {
  type Key = ReturnType<typeof sum6Kes.generateKey>;
  expectTypeOf<Key>().toEqualTypeOf<KesSigningKey<Sum6>>();
  expectTypeOf<ReturnType<Key['sign']>>().toEqualTypeOf<KesSignature<Sum6>>();
  expectTypeOf<ReturnType<Key['deriveVerificationKey']>>().toEqualTypeOf<
    KesVerificationKey<Sum6>
  >();
  expectTypeOf<ReturnType<Key['clone']>>().toEqualTypeOf<Key>();

  const own: KesVerificationKey<Sum6> = bytes;
  const signature: KesSignature<Sum6> = bytes;
  const otherKey: KesVerificationKey<Sum7> = bytes;
  const otherSignature: KesSignature<CompactSum6> = bytes;
  // Bytes without a brand are accepted.
  expect(sum6Kes.verify(bytes, 0, bytes, bytes)).toBe(false);
  // @ts-expect-error -- a verification key of another algorithm
  sum6Kes.verify(otherKey, 0, bytes, bytes);
  // @ts-expect-error -- a signature of another algorithm
  sum6Kes.verify(bytes, 0, bytes, otherSignature);
  // @ts-expect-error -- a signature in place of a verification key
  sum6Kes.verify(signature, 0, bytes, signature);
  // @ts-expect-error -- a verification key in place of a signature
  sum6Kes.verify(own, 0, bytes, own);
  // @ts-expect-error -- a verification key of another scheme
  ed25519.verify(own, bytes, bytes);
  const reads = () => {
    sum6Kes.directDeserialise(() => {}, { verificationKey: own });
    sum6Kes.directDeserialise(() => {}, { verificationKey: bytes });
    // @ts-expect-error -- a verification key of another algorithm
    sum6Kes.directDeserialise(() => {}, { verificationKey: otherKey });
  };
  expect(reads).toBeTypeOf('function');
});

test('the wrong variant and a seed of the wrong size do not type-check', () => {
  // @ts-expect-error -- compact where sum belongs
  expect(() => sumKes(compactSingleKes(ed25519))).toThrow();
  // @ts-expect-error -- sum where compact belongs
  expect(() => compactSumKes(sum0Kes)).toThrow();
  const generate = (seed: MLockedSeed<64>) =>
    // @ts-expect-error -- 64 bytes where 32 belong
    sum6Kes.generateKey(seed);
  expect(generate).toBeTypeOf('function');
});
