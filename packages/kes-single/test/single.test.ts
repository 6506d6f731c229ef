// Keys, signatures and verification of the schemes of one period.
import { blocksOf, keyFrom, keyOf, serialised } from '@evolock/test-keys';
import {
  codeOf,
  errorOf,
  messages,
  RecordingAllocator,
  seedOf,
  seeds,
  toyDsign,
  toySignature,
  toySigningKey,
  toyVerificationKey,
  type ToyShape,
} from '@evolock/test-support';
import { schemeCases } from '@evolock/test-vectors';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  compactSingleKes,
  ed25519,
  LastPeriodError,
  MLockedSeed,
  pooledAllocator,
  singleKes,
  type LeafScheme,
  type KesAlgorithm,
  type KesReadOptions,
  type KesSignature,
  type CompactSingleKes,
  type Ed25519Shape,
  type KesVerificationKey,
} from '../src/index.js';
import { compositionOf } from '../src/composition.js';
import { algorithms } from './algorithms.js';

const message = Uint8Array.of(1, 2, 3);

const ofEd25519 = { seedSize: 32, verificationKeySize: 32, signingKeySize: 32 };
const ofToy = { seedSize: 32, verificationKeySize: 48, signingKeySize: 40 };

test.each([
  [singleKes(ed25519), 'sum', { ...ofEd25519, name: 'ed25519_kes_2^0', signatureSize: 64 }],
  [
    compactSingleKes(ed25519),
    'compact',
    { ...ofEd25519, name: 'ed25519_compact_kes_2^0', signatureSize: 96 },
  ],
  [singleKes(toyDsign()), 'sum', { ...ofToy, name: 'toy_kes_2^0', signatureSize: 80 }],
  [
    compactSingleKes(toyDsign()),
    'compact',
    { ...ofToy, name: 'toy_compact_kes_2^0', signatureSize: 128 },
  ],
] as [KesAlgorithm, string, object][])(
  '$name has the sizes of the reference',
  (algorithm, variant, sizes) => {
    expect(algorithm).toMatchObject({ ...sizes, variant, depth: 0, totalPeriods: 1 });
    // One seed.
    expect(algorithm.scratchSizes).toEqual([32]);
    expect([Object.isFrozen(algorithm), Object.isFrozen(algorithm.scratchSizes)]).toEqual([
      true,
      true,
    ]);
    expect(compositionOf(algorithm)).toMatchObject({ depth: 0, variant });
  },
);

test('a single signature is that of the leaf; a compact one ends with the verification key', () => {
  fc.assert(
    fc.property(seeds, messages, (bytes, text) => {
      using seed = MLockedSeed.fromBytes(bytes.slice()) as MLockedSeed<32>;
      using alone = ed25519.generateKey(seed);
      const toyKey = toyVerificationKey(bytes);
      for (const { dsign, signature, verificationKey, form } of [
        {
          dsign: ed25519 as LeafScheme,
          signature: alone.sign(text),
          verificationKey: alone.deriveVerificationKey(),
          form: bytes,
        },
        {
          dsign: toyDsign() as LeafScheme,
          signature: toySignature(toyKey, text),
          verificationKey: toyKey,
          form: toySigningKey(bytes),
        },
      ]) {
        using single = keyOf(singleKes(dsign), bytes);
        using compact = keyOf(compactSingleKes(dsign), bytes);
        expect(single.sign(text)).toEqual(signature);
        expect(compact.sign(text)).toEqual(Uint8Array.of(...signature, ...verificationKey));
        for (const key of [single, compact]) {
          expect(key.deriveVerificationKey()).toEqual(verificationKey);
          expect(blocksOf(key)).toEqual([new Uint8Array(form)]);
        }
      }
    }),
  );
});

describe.each(algorithms)('$name', (algorithm) => {
  /** The error of a read; checks that everything was wiped. */
  function refusalOf(bytes: Uint8Array, options?: KesReadOptions) {
    const allocator = new RecordingAllocator(pooledAllocator);
    const error = errorOf(() => keyFrom(algorithm, bytes, { ...options, allocator }));
    allocator.expectClean();
    return error;
  }

  for (const { group, name, run } of schemeCases(algorithm, MLockedSeed))
    test(`${group}: ${name}`, run);

  test('returns verification keys and signatures in new memory, and clones', () => {
    using key = keyOf(algorithm, seedOf(1));
    key.deriveVerificationKey().fill(0);
    key.sign(message).fill(0);
    using clone = key.clone();
    expect([clone.period, clone.algorithm]).toEqual([0, algorithm]);
    expect(serialised(clone)).toEqual(serialised(key));
    const verdict = algorithm.verify(key.deriveVerificationKey(), 0, message, clone.sign(message));
    expect(verdict).toBe(true);
  });

  test('has one period: no key leaves it, and none is read at another', () => {
    using key = keyOf(algorithm, seedOf(1));
    const error = errorOf(() => key.update());
    expect(error).toBeInstanceOf(LastPeriodError);
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_KES_LAST_PERIOD', period: 0 });
    for (const period of [1, -1, 2 ** 31, 2 ** 32, 2 ** 53, 1e300]) {
      const refused = period < 0 ? 'ERR_EVOLOCK_KES_PAST_PERIOD' : 'ERR_EVOLOCK_KES_EXPIRED';
      expect(codeOf(() => key.updateTo(period))).toBe(refused);
      const read = () => algorithm.directDeserialise(() => expect.fail('a pull'), { period });
      expect(codeOf(read)).toBe('ERR_EVOLOCK_KES_PERIOD');
    }
    expect(codeOf(() => key.updateTo(0.5))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    const root = key.deriveVerificationKey();
    expect(errorOf(() => algorithm.verify(root, 0.5, message, message))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'period',
    });
    expect(refusalOf(serialised(key), { period: 0.5 })).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
      argument: 'options.period',
    });
  });

  test('reads a key with its own options.verificationKey only, which is copied first', () => {
    using key = keyOf(algorithm, seedOf(1));
    const bytes = serialised(key);
    const verificationKey = key.deriveVerificationKey();
    keyFrom(algorithm, bytes, { verificationKey }).release();
    for (const place of [0, verificationKey.length - 1]) {
      const wrong = { verificationKey: verificationKey.with(place, verificationKey[place]! ^ 1) };
      const expected = { code: 'ERR_EVOLOCK_KES_OTHER_KEY', level: 0 };
      expect(refusalOf(bytes, wrong)).toMatchObject(expected);
    }
    for (const size of [0, 31, 33]) {
      const { code } = refusalOf(bytes, { verificationKey: new Uint8Array(size) });
      expect(code).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
    }
    // A Buffer, whose slice is not a copy.
    const buffer = Buffer.from(verificationKey);
    const pull = (block: Uint8Array) => {
      buffer.fill(0);
      block.set(bytes);
    };
    algorithm.directDeserialise(pull, { verificationKey: buffer }).release();
  });
});

// The compiler checks the types.
test('names and sizes are literal types, and numbers over a scheme of unknown sizes', () => {
  const single = singleKes(ed25519);
  type Sizes = Pick<typeof single, 'name' | 'variant' | 'depth' | 'totalPeriods' | 'signatureSize'>;
  expectTypeOf<Sizes>().toEqualTypeOf<{
    readonly name: 'ed25519_kes_2^0';
    readonly variant: 'sum';
    readonly depth: 0;
    readonly totalPeriods: 1;
    readonly signatureSize: 64;
  }>();
  const compact = compactSingleKes(ed25519);
  expectTypeOf(compact.name).toEqualTypeOf<'ed25519_compact_kes_2^0'>();
  expectTypeOf(compact.signatureSize).toEqualTypeOf<96>();
  const dsign: LeafScheme<ToyShape> = toyDsign();
  const toy = compactSingleKes(dsign);
  expectTypeOf(toy.name).toEqualTypeOf<'toy_compact_kes_2^0'>();
  expectTypeOf(toy.signatureSize).toEqualTypeOf<number>();
  const unknown = compactSingleKes(ed25519 as LeafScheme);
  expectTypeOf(unknown.signatureSize).toEqualTypeOf<number>();
  expectTypeOf(unknown).toExtend<KesAlgorithm>();
  const sizes = [single, compact, toy, unknown].map(({ signatureSize }) => signatureSize);
  expect(sizes).toEqual([64, 96, 128, 96]);
});

test('bytes without a brand are accepted; bytes of another algorithm do not type-check', () => {
  const single = singleKes(ed25519);
  const bytes = new Uint8Array(32);
  const foreignKey: KesVerificationKey<CompactSingleKes<Ed25519Shape>> = new Uint8Array(32);
  const foreignSignature: KesSignature<CompactSingleKes<Ed25519Shape>> = new Uint8Array(64);
  expect(single.verify(bytes, 0, bytes, bytes)).toBe(false);
  // @ts-expect-error -- a verification key of another algorithm
  single.verify(foreignKey, 0, bytes, bytes);
  // @ts-expect-error -- a signature of another algorithm
  single.verify(bytes, 0, bytes, foreignSignature);
});
