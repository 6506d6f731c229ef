import { readFileSync } from 'node:fs';
import { toyDsign, type ToyShape } from '@evolock/test-support';
import { expect, expectTypeOf, test } from 'vitest';
import {
  compactSingleKes,
  compactSum6Kes,
  compactSumKes,
  compactSumKesOfDepth,
  ed25519,
  MAX_DEPTH,
  singleKes,
  sum0Kes,
  sum6Kes,
  sumKes,
  sumKesOfDepth,
  type DsignAlgorithm,
  type Ed25519Shape,
  type KesAlgorithm,
  type KesSignature,
  type KesVerificationKey,
  type MLockedSeed,
  type Shown,
  type SumKesShape,
  type SumKesShapeOfDepth,
} from '../../src/index.js';

const bytes = new Uint8Array(32);

test('a composition has literal sizes and periods, equal to its values', () => {
  const algorithm = sumKes(sumKes(singleKes(ed25519)));
  expectTypeOf(algorithm.name).toEqualTypeOf<'ed25519_kes_2^2'>();
  expectTypeOf(algorithm.variant).toEqualTypeOf<'sum'>();
  expectTypeOf(algorithm.depth).toEqualTypeOf<2>();
  expectTypeOf(algorithm.totalPeriods).toEqualTypeOf<4>();
  expectTypeOf(algorithm.signatureSize).toEqualTypeOf<192>();
  expectTypeOf(algorithm.signingKeySize).toEqualTypeOf<224>();
  expectTypeOf(algorithm.seedSize).toEqualTypeOf<32>();
  expectTypeOf(algorithm.verificationKeySize).toEqualTypeOf<32>();
  expect(algorithm).toMatchObject({
    name: 'ed25519_kes_2^2',
    totalPeriods: 4,
    signatureSize: 192,
    signingKeySize: 224,
  });
});

test('Sum6 and CompactSum6 have literal sizes and periods, equal to their values', () => {
  expectTypeOf(sum6Kes.name).toEqualTypeOf<'ed25519_kes_2^6'>();
  expectTypeOf(sum6Kes.totalPeriods).toEqualTypeOf<64>();
  expectTypeOf(sum6Kes.signatureSize).toEqualTypeOf<448>();
  expectTypeOf(sum6Kes.signingKeySize).toEqualTypeOf<608>();
  expectTypeOf(compactSum6Kes.name).toEqualTypeOf<'ed25519_compact_kes_2^6'>();
  expectTypeOf(compactSum6Kes.totalPeriods).toEqualTypeOf<64>();
  expectTypeOf(compactSum6Kes.signatureSize).toEqualTypeOf<288>();
  expectTypeOf(compactSum6Kes.signingKeySize).toEqualTypeOf<608>();
  const { totalPeriods, signatureSize, signingKeySize } = sum6Kes;
  expect([totalPeriods, signatureSize, signingKeySize]).toEqual([64, 448, 608]);
  expect(compactSum6Kes.signatureSize).toBe(288);
});

test('types are literal at depth 16, equal to the values', () => {
  const sum10 = sumKes(sumKes(sumKes(sumKes(sum6Kes))));
  const sum16 = sumKes(sumKes(sumKes(sumKes(sumKes(sumKes(sum10))))));
  expectTypeOf(sum16.name).toEqualTypeOf<'ed25519_kes_2^16'>();
  expectTypeOf(sum16.depth).toEqualTypeOf<16>();
  expectTypeOf(sum16.totalPeriods).toEqualTypeOf<65536>();
  expectTypeOf(sum16.signatureSize).toEqualTypeOf<1088>();
  expectTypeOf(sum16.signingKeySize).toEqualTypeOf<1568>();
  const compact10 = compactSumKes(compactSumKes(compactSumKes(compactSumKes(compactSum6Kes))));
  const compact13 = compactSumKes(compactSumKes(compactSumKes(compact10)));
  const compact16 = compactSumKes(compactSumKes(compactSumKes(compact13)));
  expectTypeOf(compact16.name).toEqualTypeOf<'ed25519_compact_kes_2^16'>();
  expectTypeOf(compact16.totalPeriods).toEqualTypeOf<65536>();
  expectTypeOf(compact16.signatureSize).toEqualTypeOf<608>();
  expectTypeOf(compact16.signingKeySize).toEqualTypeOf<1568>();
  expect([sum16.totalPeriods, sum16.signatureSize, sum16.signingKeySize]).toEqual([
    65536, 1088, 1568,
  ]);
  expect([compact16.totalPeriods, compact16.signatureSize]).toEqual([65536, 608]);
});

test('over another leaf scheme the depth is literal and the sizes are numbers', () => {
  const toy: DsignAlgorithm<ToyShape> = toyDsign();
  const sum = sumKes(sumKes(singleKes(toy)));
  expectTypeOf(sum.name).toEqualTypeOf<'toy_kes_2^2'>();
  expectTypeOf(sum.totalPeriods).toEqualTypeOf<4>();
  expectTypeOf(sum.signatureSize).toEqualTypeOf<number>();
  expectTypeOf(sum.signingKeySize).toEqualTypeOf<number>();
  expectTypeOf(sum.verificationKeySize).toEqualTypeOf<32>();
  const compact = compactSumKes(compactSumKes(compactSingleKes(toy)));
  expectTypeOf(compact.signatureSize).toEqualTypeOf<number>();
  expect([sum.signatureSize, sum.signingKeySize]).toEqual([240, 264]);
  expect([compact.signatureSize, compact.signingKeySize]).toEqual([208, 264]);
});

test('above the greatest depth of the table all sizes are numbers', () => {
  type Sum21 = SumKesShape<SumKesShapeOfDepth<Ed25519Shape, 20>>;
  expectTypeOf<Sum21['depth']>().toEqualTypeOf<number>();
  expectTypeOf<Sum21['totalPeriods']>().toEqualTypeOf<number>();
  expectTypeOf<Sum21['signatureSize']>().toEqualTypeOf<number>();
  expect(MAX_DEPTH).toBe(20);
});

test('every row of the table states the sizes of the algorithm, and composition comes to the same types', () => {
  const source = readFileSync(new URL('../../src/shapes.ts', import.meta.url), 'utf8');
  const rows = source.matchAll(
    /^ {2}(\d+): \{ above: (\w+); totalPeriods: (\d+); signingKey: (\d+); sum: (\d+); compact: (\d+) \}/gm,
  );
  const stated = Array.from(rows, ([, ...cells]) => cells);
  const actual = Array.from({ length: MAX_DEPTH + 1 }, (_, depth) => {
    const sum = sumKesOfDepth(ed25519, depth);
    const compact = compactSumKesOfDepth(ed25519, depth);
    return [
      depth,
      depth === MAX_DEPTH ? 'number' : depth + 1,
      sum.totalPeriods,
      sum.signingKeySize,
      sum.signatureSize,
      compact.signatureSize,
    ].map(String);
  });
  expect(stated).toEqual(actual);
  expectTypeOf<Shown<SumKesShapeOfDepth<Ed25519Shape, 20>>>().toEqualTypeOf<
    Shown<SumKesShape<SumKesShapeOfDepth<Ed25519Shape, 19>>>
  >();
});

test('an algorithm over a scheme of unknown sizes has sizes of type number', () => {
  const algorithm = sumKes(singleKes(ed25519 as DsignAlgorithm));
  expectTypeOf(algorithm.signatureSize).toEqualTypeOf<number>();
  expectTypeOf(algorithm.signingKeySize).toEqualTypeOf<number>();
  expectTypeOf(algorithm.totalPeriods).toEqualTypeOf<2>();
  expectTypeOf(algorithm).toExtend<KesAlgorithm>();
  expect([algorithm.signatureSize, algorithm.signingKeySize]).toEqual([128, 128]);
});

test('a key, a signature and a verification key carry the name of their algorithm', () => {
  type Key = ReturnType<typeof sum6Kes.generateKey>;
  expectTypeOf<ReturnType<Key['sign']>>().toEqualTypeOf<KesSignature<'ed25519_kes_2^6'>>();
  expectTypeOf<ReturnType<Key['deriveVerificationKey']>>().toEqualTypeOf<
    KesVerificationKey<'ed25519_kes_2^6'>
  >();
  expectTypeOf<ReturnType<Key['clone']>>().toEqualTypeOf<Key>();
  expect(sum6Kes.name).toBe('ed25519_kes_2^6');
});

test('bytes without a brand are accepted; bytes of another algorithm do not type-check', () => {
  const key: KesVerificationKey<'ed25519_kes_2^7'> = new Uint8Array(32);
  const signature: KesSignature<'ed25519_compact_kes_2^6'> = new Uint8Array(448);
  expect(sum6Kes.verify(bytes, 0, bytes, bytes)).toBe(false);
  // @ts-expect-error -- a verification key of another algorithm
  sum6Kes.verify(key, 0, bytes, bytes);
  // @ts-expect-error -- a signature of another algorithm
  sum6Kes.verify(bytes, 0, bytes, signature);
});

test('options.verificationKey is of the algorithm or without a brand', () => {
  const own: KesVerificationKey<'ed25519_kes_2^6'> = new Uint8Array(32);
  const other: KesVerificationKey<'ed25519_compact_kes_2^6'> = new Uint8Array(32);
  const reads = () => {
    sum6Kes.directDeserialise(() => {}, { verificationKey: own });
    sum6Kes.directDeserialise(() => {}, { verificationKey: bytes });
    // @ts-expect-error -- a verification key of another algorithm
    sum6Kes.directDeserialise(() => {}, { verificationKey: other });
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
