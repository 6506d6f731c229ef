import * as native from '@evolock/kes-sum';
import { anyVerification, goodVerifications, keyOf } from '@evolock/test-keys';
import { codeOf, seedOf, wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as verifier from '../../src/index.js';

type Name = `${'sum' | 'compactSum'}${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}Kes`;

const names = ([0, 1, 2, 3, 4, 5, 6, 7] as const).flatMap((depth): Name[] => [
  `sum${depth}Kes`,
  `compactSum${depth}Kes`,
]);

test.each(names)('%s has the name and the sizes of the algorithm in kes-sum', (name) => {
  const { variant, depth, totalPeriods, verificationKeySize, signatureSize } = native[name];
  expect({ ...verifier[name] }).toEqual({
    name: native[name].name,
    variant,
    depth,
    totalPeriods,
    verificationKeySize,
    signatureSize,
  });
  expect(Object.isFrozen(verifier[name])).toBe(true);
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
  test.each(names.filter((name) => native[name].depth <= 3))('%s', (name) => {
    const good = goodVerifications(native[name], seedOf(7), message);
    fc.assert(
      fc.property(anyVerification(good), (item) => {
        let members: Record<string, never>;
        try {
          const given: object = wrongly(item);
          members = wrongly({ ...given });
        } catch {
          return;
        }
        expect(outcomeOf(wrongly(verifier[name]), members)).toBe(
          outcomeOf(wrongly(native[name]), members),
        );
      }),
      { numRuns: 60 },
    );
  });
});

test('a depth without a name verifies', () => {
  const signing = native.sumKesOfDepth(native.ed25519, 9);
  const algorithm = verifier.sumKesOfDepth(verifier.ed25519, 9);
  using key = keyOf(signing, seedOf(1));
  const [root, message] = [key.deriveVerificationKey(), Uint8Array.of(1)];
  for (const period of [0, 300, 511]) {
    key.updateTo(period);
    const signature = key.sign(message);
    expect(algorithm.verify(root, period, message, signature)).toBe(true);
    expect(algorithm.verify(root, period ^ 1, message, signature)).toBe(false);
  }
});

test('only the scheme of this package and an existing depth make an algorithm', () => {
  expect(codeOf(() => verifier.sumKesOfDepth(wrongly(native.ed25519), 1))).toBe(
    'ERR_EVOLOCK_ARGUMENT_TYPE',
  );
  expect(codeOf(() => verifier.compactSumKesOfDepth(verifier.ed25519, 21))).toBe(
    'ERR_EVOLOCK_ARGUMENT_VALUE',
  );
});
