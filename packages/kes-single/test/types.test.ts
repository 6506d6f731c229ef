import { toyDsign, type ToyShape } from '@evolock/test-support';
import { expect, expectTypeOf, test } from 'vitest';
import {
  compactSingleKes,
  ed25519,
  singleKes,
  type DsignAlgorithm,
  type KesAlgorithm,
  type KesSignature,
  type KesVerificationKey,
  type Sum,
} from '../src/index.js';

const bytes = new Uint8Array(32);

test('names and sizes are literal types, and the values are these', () => {
  const single = singleKes(ed25519);
  expectTypeOf(single.name).toEqualTypeOf<'ed25519_kes_2^0'>();
  expectTypeOf(single.variant).toEqualTypeOf<'sum'>();
  expectTypeOf(single.depth).toEqualTypeOf<0>();
  expectTypeOf(single.totalPeriods).toEqualTypeOf<1>();
  expectTypeOf(single.signatureSize).toEqualTypeOf<64>();
  expectTypeOf(single.signingKeySize).toEqualTypeOf<32>();
  const compact = compactSingleKes(ed25519);
  expectTypeOf(compact.name).toEqualTypeOf<'ed25519_compact_kes_2^0'>();
  expectTypeOf(compact.variant).toEqualTypeOf<'compact'>();
  expectTypeOf(compact.signatureSize).toEqualTypeOf<96>();
  const dsign: DsignAlgorithm<ToyShape> = toyDsign();
  const toy = compactSingleKes(dsign);
  expectTypeOf(toy.name).toEqualTypeOf<'toy_compact_kes_2^0'>();
  expectTypeOf(toy.signatureSize).toEqualTypeOf<128>();
  expectTypeOf(toy.verificationKeySize).toEqualTypeOf<48>();
  expect([single.signatureSize, compact.signatureSize, toy.signatureSize]).toEqual([64, 96, 128]);
});

test('a scheme of unknown sizes has sizes of type number', () => {
  const single = singleKes(ed25519 as DsignAlgorithm);
  const compact = compactSingleKes(ed25519 as DsignAlgorithm);
  expectTypeOf(single.signatureSize).toEqualTypeOf<number>();
  expectTypeOf(compact.signatureSize).toEqualTypeOf<number>();
  expectTypeOf(compact).toExtend<KesAlgorithm>();
  expect(compact.signatureSize).toBe(96);
});

test('bytes without a brand are accepted, those of another algorithm are not', () => {
  const single = singleKes(ed25519);
  const foreignKey: KesVerificationKey<'ed25519_compact_kes_2^0'> = new Uint8Array(32);
  const foreignSignature: KesSignature<'ed25519_compact_kes_2^0'> = new Uint8Array(64);
  expect(single.verify(bytes, 0, bytes, bytes)).toBe(false);
  // @ts-expect-error -- a verification key of another algorithm
  single.verify(foreignKey, 0, bytes, bytes);
  // @ts-expect-error -- a signature of another algorithm
  single.verify(bytes, 0, bytes, foreignSignature);
});

test('sums of literal types are literal types, with every carry', () => {
  expectTypeOf<Sum<0, 0>>().toEqualTypeOf<0>();
  expectTypeOf<Sum<0, 7>>().toEqualTypeOf<7>();
  expectTypeOf<Sum<9, 1>>().toEqualTypeOf<10>();
  expectTypeOf<Sum<9, 9>>().toEqualTypeOf<18>();
  expectTypeOf<Sum<999, 1>>().toEqualTypeOf<1000>();
  expectTypeOf<Sum<1, 99999>>().toEqualTypeOf<100000>();
  expectTypeOf<Sum<524288, 524288>>().toEqualTypeOf<1048576>();
  expectTypeOf<Sum<905, 105>>().toEqualTypeOf<1010>();
  expectTypeOf<Sum<number, 1>>().toEqualTypeOf<number>();
  expectTypeOf<Sum<1, number>>().toEqualTypeOf<number>();
  expect(524288 + 524288).toBe(1048576);
});
