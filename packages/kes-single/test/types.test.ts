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
} from '../src/index.js';

const bytes = new Uint8Array(32);

test('names and sizes are literal types, equal to the values', () => {
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
  expectTypeOf(toy.signatureSize).toEqualTypeOf<number>();
  expectTypeOf(toy.verificationKeySize).toEqualTypeOf<48>();
  expect([single.signatureSize, compact.signatureSize, toy.signatureSize]).toEqual([64, 96, 128]);
});

test('over a scheme of unknown sizes, sizes have the type number', () => {
  const single = singleKes(ed25519 as DsignAlgorithm);
  const compact = compactSingleKes(ed25519 as DsignAlgorithm);
  expectTypeOf(single.signatureSize).toEqualTypeOf<number>();
  expectTypeOf(compact.signatureSize).toEqualTypeOf<number>();
  expectTypeOf(compact).toExtend<KesAlgorithm>();
  expect(compact.signatureSize).toBe(96);
});

test('bytes without a brand are accepted; bytes of another algorithm do not type-check', () => {
  const single = singleKes(ed25519);
  const foreignKey: KesVerificationKey<'ed25519_compact_kes_2^0'> = new Uint8Array(32);
  const foreignSignature: KesSignature<'ed25519_compact_kes_2^0'> = new Uint8Array(64);
  expect(single.verify(bytes, 0, bytes, bytes)).toBe(false);
  // @ts-expect-error -- a verification key of another algorithm
  single.verify(foreignKey, 0, bytes, bytes);
  // @ts-expect-error -- a signature of another algorithm
  single.verify(bytes, 0, bytes, foreignSignature);
});
