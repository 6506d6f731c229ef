/** The rule of the chain about the numbers of certificates: the verdict on a number, and the way to one that is accepted. */
import { errorOf, wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberVerdict, type LastOnChain, type NumberFacts } from '../../src/certificates.js';

/** Small numbers meet each other often; large ones are far apart. */
const number = fc.oneof(fc.bigInt(0n, 8n), fc.bigInt(0n, 2n ** 63n));
const lastOnChain: fc.Arbitrary<LastOnChain> = fc.oneof(fc.constant('none' as const), number);
const maybe = fc.option(number, { nil: undefined });

/** The rule of a node, written once more: of a pool that it does not know, the last number counts as 0. */
function accepts(onChain: LastOnChain, candidate: bigint): boolean {
  const last = onChain === 'none' ? 0n : onChain;
  return last <= candidate && candidate <= last + 1n;
}

/** The same after a block with a certificate, if the node accepts that one. */
function acceptsAfter(onChain: LastOnChain, inUse: bigint | undefined, candidate: bigint): boolean {
  const isMade = inUse !== undefined && accepts(onChain, inUse);
  return accepts(isMade ? inUse : onChain, candidate);
}

/** What the commands of a way do to a counter: the number of the certificate, and whether `counter set` needs `--force`. */
function walk(candidate: bigint, known: NumberFacts & { readonly next: bigint }) {
  const { set, reuses, number: wanted } = numberVerdict(candidate, known).way!;
  const next = set === undefined ? known.next : wanted;
  const isForced = next < known.next || next > known.next + 1n;
  expect(set).toBe(next === known.next ? undefined : isForced ? 'force' : 'set');
  return reuses ? next - 1n : next;
}

describe('a number', () => {
  test('is accepted exactly when the network accepts it, also after a block with the one in use, and never while the chain is unknown', () => {
    fc.assert(
      fc.property(number, fc.option(lastOnChain, { nil: undefined }), maybe, (...given) => {
        const [candidate, onChain, inUse] = given;
        const { verdict, right } = numberVerdict(candidate, { onChain, inUse });
        if (onChain === undefined) {
          expect({ verdict, right }).toEqual({ verdict: 'unknown', right: undefined });
        } else {
          const isAccepted = accepts(onChain, candidate) && acceptsAfter(onChain, inUse, candidate);
          expect(verdict).toBe(isAccepted ? 'accepted' : 'refused');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('that is right is accepted and not on chain, and the way ends in it from any counter', () => {
    fc.assert(
      fc.property(number, lastOnChain, maybe, number, (candidate, onChain, inUse, next) => {
        const known = { onChain, inUse, next, isNew: true };
        const { right = -1n } = numberVerdict(candidate, known);
        expect(accepts(onChain, right)).toBe(true);
        expect(right).not.toBe(onChain);
        expect(walk(candidate, known)).toBe(right);
        expect(numberVerdict(right, known)).toMatchObject({ verdict: 'accepted', right });
      }),
      { numRuns: 1_000 },
    );
  });

  test('that was accepted for a new certificate stays accepted, and no key that a node can use is dropped for it', () => {
    const numbers = [0n, 1n, 2n, 3n, 4n, 5n];
    for (const onChain of ['none', ...numbers] as const)
      for (const inUse of numbers)
        for (const candidate of numbers) {
          const state = `${onChain} on chain, ${inUse} in use, ${candidate}`;
          const isNew =
            numberVerdict(candidate, { onChain, inUse, isNew: true }).verdict === 'accepted';
          if (isNew || candidate === numberVerdict(0n, { onChain }).right) {
            expect(acceptsAfter(onChain, inUse, candidate), state).toBe(true);
            const isUsable = accepts(onChain, inUse);
            if (isUsable) expect(candidate >= inUse, state).toBe(true);
          }
          // A block of the old node does not change the verdict.
          const after = accepts(onChain, inUse) ? inUse : onChain;
          if (isNew)
            expect(numberVerdict(candidate, { onChain: after, inUse }).verdict, state).toBe(
              'accepted',
            );
        }
    expect(numberVerdict(0n, { onChain: 'none', inUse: 1n, isNew: true })).toMatchObject({
      verdict: 'refused',
      reason: 'overtaken',
      right: 1n,
    });
  });

  test('of a new certificate is not one that is on chain', () => {
    fc.assert(
      fc.property(number, maybe, (onChain, next) => {
        expect(numberVerdict(onChain, { onChain, next, isNew: true }).verdict).toBe('refused');
      }),
    );
  });

  test('is doubtful while the chain is unknown, if it does not follow the certificate in use', () => {
    fc.assert(
      fc.property(number, number, (candidate, inUse) => {
        const follows = candidate === inUse || candidate === inUse + 1n;
        expect(numberVerdict(candidate, { inUse }).isDoubtful).toBe(!follows);
        expect(numberVerdict(candidate, {}).isDoubtful).toBe(false);
      }),
    );
    // An old copy of the counter would give the number in use again.
    expect(numberVerdict(4n, { inUse: 4n, next: 4n, isNew: true }).isDoubtful).toBe(true);
    expect(numberVerdict(4n, { inUse: 4n, next: 5n, isNew: true }).isDoubtful).toBe(false);
  });

  test('before Babbage may leave numbers out, and never goes back', () => {
    fc.assert(
      fc.property(number, number, fc.integer({ min: 2, max: 5 }), (last, candidate, era) => {
        const { verdict } = numberVerdict(candidate, { onChain: last, era });
        expect(verdict).toBe(candidate >= last ? 'accepted' : 'refused');
        const now = numberVerdict(candidate, { onChain: last, era: 6 }).verdict;
        expect(now).toBe(accepts(last, candidate) ? 'accepted' : 'refused');
      }),
    );
  });

  test('was given by a counter exactly when the counter is above it', () => {
    fc.assert(
      fc.property(number, number, (candidate, next) => {
        const { given } = numberVerdict(candidate, { next });
        expect(given === 'not-yet').toBe(next <= candidate);
        expect(given === 'last').toBe(next - 1n === candidate);
      }),
    );
    expect(numberVerdict(0n).given).toBeUndefined();
  });

  test('and what is known of it are checked', () => {
    for (const wrong of [
      () => numberVerdict(-1n),
      () => numberVerdict(1n, wrongly({ onChain: 'never' })),
      () => numberVerdict(1n, { inUse: 2n ** 64n }),
      () => numberVerdict(1n, wrongly({ last: 1n })),
    ])
      expect(errorOf(wrong)).toMatchObject({
        code: expect.stringMatching(/^ERR_EVOLOCK_ARGUMENT_/) as string,
      });
  });
});
