import * as native from '@evolock/kes-sum/all';
import { anyVerification, goodVerifications, keyOf } from '@evolock/test-keys';
import { codeOf, errorOf, seedOf, toyDsign, wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as verifier from '../../src/index.js';

/** The algorithms of both packages: those with a name, and others of a depth. */
const pairs: readonly (readonly [native: native.KesAlgorithm, verifier: verifier.KesAlgorithm])[] =
  [
    [native.sum6Kes, verifier.sum6Kes],
    [native.sum7Kes, verifier.sum7Kes],
    [native.compactSum6Kes, verifier.compactSum6Kes],
    [native.compactSum7Kes, verifier.compactSum7Kes],
    ...[0, 1, 2, 3].flatMap((depth) => [
      [native.sumKesOfDepth(depth), verifier.sumKesOfDepth(depth)] as const,
      [native.compactSumKesOfDepth(depth), verifier.compactSumKesOfDepth(depth)] as const,
    ]),
  ];

test.each(pairs)('$0.name has the name and the sizes of the algorithm in kes-sum', (real, own) => {
  const { name, variant, depth, totalPeriods, verificationKeySize, signatureSize } = real;
  expect({ ...own }).toEqual({
    name,
    variant,
    depth,
    totalPeriods,
    verificationKeySize,
    signatureSize,
  });
  expect(Object.isFrozen(own)).toBe(true);
});

/** The verdict, or the code of the error. */
function outcomeOf(
  algorithm: { verify(...given: never[]): boolean },
  { verificationKey, period, message, signature }: Record<string, never>,
): unknown {
  let verdict: unknown;
  const verify = () => {
    verdict = algorithm.verify(verificationKey!, period!, message!, signature!);
  };
  return codeOf(verify) ?? verdict;
}

describe('the verdict, or the error, is that of kes-sum', () => {
  const message = Uint8Array.of(1, 2, 3);
  test.each(pairs.filter(([{ depth }]) => depth <= 3))('$0.name', (real, own) => {
    const good = goodVerifications(real, seedOf(7), message);
    fc.assert(
      fc.property(anyVerification(good), (item) => {
        const given: object = wrongly(item);
        const members: Record<string, never> = wrongly({ ...given });
        expect(outcomeOf(wrongly(own), members)).toBe(outcomeOf(wrongly(real), members));
      }),
    );
  });
});

test('a composed algorithm is that of its depth, and many signatures have a verdict each', () => {
  const { compactSingleKes, compactSumKes, ed25519, singleKes, sumKes } = verifier;
  const real = native.sumKesOfDepth(2);
  const composed = sumKes(sumKes(singleKes(ed25519)));
  expect({ ...composed }).toEqual({ ...verifier.sumKesOfDepth(2) });
  const compact = compactSumKes(compactSingleKes(ed25519));
  expect({ ...compact }).toEqual({ ...verifier.compactSumKesOfDepth(1) });
  for (const wrong of [compact, real, undefined, {}])
    expect(codeOf(() => sumKes(wrongly(wrong)))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  expect(codeOf(() => sumKes(verifier.sumKesOfDepth(20)))).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
  const [first, second] = goodVerifications(real, seedOf(7), Uint8Array.of(1));
  const items: verifier.KesVerification[] = [
    first!,
    { ...second!, period: 3 },
    second!,
    wrongly(undefined),
  ];
  expect(verifier.verifyMany(composed, items)).toEqual([true, false, true, false]);
  expect(verifier.verifyMany(composed, new Set(items))).toEqual([true, false, true, false]);
  for (const wrong of [undefined, 7, {}])
    expect(codeOf(() => verifier.verifyMany(composed, wrongly(wrong)))).toBe(
      'ERR_EVOLOCK_ARGUMENT_TYPE',
    );
});

test('a depth without a name verifies', () => {
  const signing = native.sumKesOfDepth(9);
  const algorithm = verifier.sumKesOfDepth(9);
  using key = keyOf(signing, seedOf(1));
  const [root, message] = [key.deriveVerificationKey(), Uint8Array.of(1)];
  for (const period of [0, 300, 511]) {
    key.updateTo(period);
    const signature = key.sign(message);
    expect(algorithm.verify(root, period, message, signature)).toBe(true);
    expect(algorithm.verify(root, period ^ 1, message, signature)).toBe(false);
  }
});

describe('over a leaf scheme with other sizes, name, sizes and verdicts are those of kes-sum', () => {
  const message = Uint8Array.of(1, 2, 3);
  const builders = ['sumKesOfDepth', 'compactSumKesOfDepth'] as const;
  test.each(builders.flatMap((build) => [0, 1, 2, 3].map((depth) => ({ build, depth }))))(
    '$build $depth',
    ({ build, depth }) => {
      const toy: native.LeafScheme = toyDsign();
      const signing: native.KesAlgorithm = native[build]<number, native.DsignShape>(depth, toy);
      const algorithm = verifier[build](depth, toyDsign());
      for (const size of ['name', 'verificationKeySize', 'signatureSize', 'totalPeriods'] as const)
        expect(algorithm[size]).toBe(signing[size]);
      const good = goodVerifications(signing, seedOf(7), message);
      for (const { verificationKey, period, signature } of good) {
        for (const at of good.keys())
          expect(algorithm.verify(verificationKey, at, message, signature)).toBe(at === period);
        for (const place of signature.keys()) {
          const changed = signature.with(place, signature[place]! ^ 1);
          expect(algorithm.verify(verificationKey, period, message, changed)).toBe(false);
        }
      }
    },
  );
});

test('a leaf scheme that answers with something else than a boolean, or later, accepts nothing', () => {
  const { ed25519, sumKesOfDepth } = verifier;
  const given = [new Uint8Array(32), 0, new Uint8Array(1), new Uint8Array(64)] as const;
  const answering = (verdict: unknown) =>
    sumKesOfDepth(0, { ...ed25519, leaf: { verify: () => wrongly(verdict) } });
  const later = () => answering(Promise.resolve(true)).verify(...given);
  expect(codeOf(later)).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
  const verdicts = [true, 1, 'true', {}].map((each) => answering(each).verify(...given));
  expect(verdicts).toEqual([true, false, false, false]);
});

test.each<[string, unknown]>([
  ['name', 7],
  ['signatureSize', 0],
  ['verificationKeySize', '32'],
  ['leaf', {}],
])('a leaf scheme with a wrong %s is refused', (member, value) => {
  const dsign = { ...verifier.ed25519, [member]: value };
  expect(errorOf(() => verifier.sumKesOfDepth(1, wrongly(dsign)))).toMatchObject({
    code: expect.stringMatching(/^ERR_EVOLOCK_ARGUMENT_/),
    message: expect.stringMatching(`^dsign.${member}: `),
  });
});
