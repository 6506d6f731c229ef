import { describe, expect, test } from 'vitest';
import { type Implementation, type KesAlgorithmKind, runConformance } from '@evolock/test-vectors';
import { native } from '../src/native.js';

type Kes = NonNullable<ReturnType<typeof native.kes>>;

/** The native packages up to depth 2, each algorithm changed. */
function changed(change: (right: Kes) => Partial<Kes>) {
  return {
    kes(algorithm: KesAlgorithmKind, depth: number) {
      const right = depth > 2 ? undefined : native.kes(algorithm, depth);
      return right && { ...right, ...change(right) };
    },
  };
}

/** As the reference with its assertions off. */
const withoutPeriodCheck = changed((right) => ({
  verify: (verificationKey, period, message, signature) =>
    right.verify(verificationKey, Math.min(period, right.totalPeriods - 1), message, signature),
}));

describe('failures by cause', () => {
  test('one missing check is one cause, in every group, algorithm and depth', async () => {
    const { causes, failures, statement } = await runConformance(withoutPeriodCheck);
    expect(causes).toMatchObject([
      {
        code: 'ERR_EVOLOCK_INVALID_ACCEPTED',
        what: 'the signature was accepted despite a period that does not exist',
        failed: failures.length,
        groups: [
          { group: 'kes verification', failed: 8, of: 8 },
          { group: 'kes negative', of: 72 },
        ],
        algorithms: [
          'single depth 0',
          'compactSingle depth 0',
          'sum depths 0 to 2',
          'compactSum depths 0 to 2',
        ],
        first: failures[0],
      },
    ]);
    const [cause] = statement.split(/\n(?! )/);
    expect(cause?.split('\n')).toEqual([
      'failed: the signature was accepted despite a period that does not exist (ERR_EVOLOCK_INVALID_ACCEPTED)',
      `  ${failures.length} cases: kes verification (all 8), kes negative (${failures.length - 8} of 72)`,
      '  single depth 0, compactSingle depth 0, sum depths 0 to 2, compactSum depths 0 to 2',
      `  first: ${failures[0]?.error.message}`,
    ]);
    expect(statement).toMatch(/ cases failed, by 1 cause$/);
  });

  test('a number that differs between the failures is left out', async () => {
    const lastByteFlipped: Implementation = {
      kes(algorithm, depth) {
        const right = algorithm === 'sum' && depth < 3 ? native.kes(algorithm, depth) : undefined;
        return (
          right && {
            ...right,
            signatureSize: right.signatureSize + depth + 1,
            generateKey(seed) {
              const key = right.generateKey(seed);
              const sign = (message: Uint8Array) =>
                key.sign(message).map((byte, at, all) => (at === all.length - 1 ? ~byte : byte));
              return { ...key, period: 0, sign };
            },
          }
        );
      },
    };
    const { causes } = await runConformance(lastByteFlipped);
    const found = causes.filter(({ groups }) => /sizes|signature$/.test(groups[0]?.group ?? ''));
    expect(found).toMatchObject([
      {
        what: 'the signature size is …, expected …',
        groups: [
          { group: 'kes sizes', failed: 3, of: 3 },
          { group: 'kes haskell', failed: 6, of: 6 },
        ],
        algorithms: ['sum depths 0 to 2'],
      },
      { what: 'the signature differs at byte …' },
    ]);
  });

  test('a verifier that accepts everything has a cause for each rule, and counts no good signature', async () => {
    const everything = changed(() => ({ verify: () => true }));
    const { causes } = await runConformance({
      ...everything,
      dsign: { deriveVerificationKey: notCalled, sign: notCalled, verify: () => true },
      verifiesOnly: true,
    });
    for (const { what, groups } of causes) {
      expect(what).toMatch(/^the signature was accepted despite /);
      for (const { failed, of } of groups) expect(failed, what).toBe(of);
    }
    expect(causes.length).toBeLessThan(15);
  });
});

const notCalled = (): never => {
  throw new Error('an implementation that only verifies has no such method');
};
