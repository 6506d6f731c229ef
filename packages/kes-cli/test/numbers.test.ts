/** The rule of the chain about the numbers of certificates: the verdict on a number, and the way to one that is accepted. */
import type { LastOnChain } from '@evolock/cardano-kes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  judgeCounter,
  judgeNewNumber,
  judgeNumber,
  wayTo,
  type KnownNumbers,
} from '../src/certificates/number.js';

/** Small numbers meet each other often; large ones are far apart. */
const number = fc.oneof(fc.bigInt(0n, 8n), fc.bigInt(0n, 2n ** 63n));
const lastOnChain: fc.Arbitrary<LastOnChain> = fc.oneof(fc.constant('none' as const), number);
const maybe = fc.option(number, { nil: undefined });

/** The rule of a node, written once more: of a pool that it does not know, the last number counts as 0. */
function accepts(onChain: LastOnChain, candidate: bigint): boolean {
  const last = onChain === 'none' ? 0n : onChain;
  return last <= candidate && candidate <= last + 1n;
}

/** What the commands of a way do to a counter: the number of the certificate, and whether `counter set` needs `--force`. */
function walk(right: bigint, known: KnownNumbers & { readonly next: bigint }) {
  const { set, reuses, number: stated } = wayTo(right, known);
  const next = set === undefined ? known.next : stated;
  const isForced = next < known.next || next > known.next + 1n;
  expect(set).toBe(next === known.next ? undefined : isForced ? 'force' : 'set');
  return reuses ? next - 1n : next;
}

describe('a number', () => {
  test('is accepted exactly when the network accepts it, and never while the chain is unknown', () => {
    fc.assert(
      fc.property(number, fc.option(lastOnChain, { nil: undefined }), maybe, maybe, (...given) => {
        const [candidate, onChain, inUse, next] = given;
        const { verdict, right, words } = judgeNumber(candidate, { onChain, inUse, next });
        if (onChain === undefined) {
          expect({ verdict, right }).toEqual({ verdict: 'unknown', right: undefined });
          expect(words).toMatch(/on chain.* is unknown/);
        } else {
          expect(verdict).toBe(accepts(onChain, candidate) ? 'accepted' : 'refused');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('that is right is accepted and not on chain, and the way ends in it from any counter', () => {
    fc.assert(
      fc.property(number, lastOnChain, maybe, number, (candidate, onChain, inUse, next) => {
        const known = { onChain, inUse, next };
        const { right = -1n } = judgeNewNumber(candidate, known);
        expect(accepts(onChain, right)).toBe(true);
        expect(right).not.toBe(onChain);
        expect(walk(right, known)).toBe(right);
        expect(judgeNewNumber(right, known)).toMatchObject({ verdict: 'accepted', right });
      }),
      { numRuns: 1_000 },
    );
  });

  test('of a new certificate is not one that is on chain', () => {
    fc.assert(
      fc.property(number, maybe, (onChain, next) => {
        expect(judgeNewNumber(onChain, { onChain, next }).verdict).toBe('refused');
      }),
    );
  });

  test('is doubtful while the chain is unknown, if it does not follow the certificate in use', () => {
    fc.assert(
      fc.property(number, number, (candidate, inUse) => {
        const follows = candidate === inUse || candidate === inUse + 1n;
        expect(judgeNumber(candidate, { inUse }).isDoubtful).toBe(!follows);
        expect(judgeNumber(candidate, {}).isDoubtful).toBe(false);
      }),
    );
    // An old copy of the counter would give the number in use again.
    expect(judgeNewNumber(4n, { inUse: 4n, next: 4n }).isDoubtful).toBe(true);
    expect(judgeNewNumber(4n, { inUse: 4n, next: 5n }).isDoubtful).toBe(false);
  });

  test('is refused without advice when the files are of two pools', () => {
    const [a, b] = [1, 2].map((byte) => new Uint8Array(32).fill(byte));
    fc.assert(
      fc.property(number, lastOnChain, (candidate, onChain) => {
        const pools = [
          { name: 'a.counter', coldVerificationKey: a },
          { name: 'an agent', coldVerificationKey: undefined },
          { name: 'b.request', coldVerificationKey: b },
        ];
        const judgement = judgeNewNumber(candidate, { onChain, pools });
        expect(judgement).toMatchObject({ verdict: 'refused', isDoubtful: false });
        expect(judgement.right).toBeUndefined();
        expect(judgement.words).toMatch(/a\.counter is of pool1\w+, and b\.request is of pool1/);
        expect(judgeNumber(candidate, { onChain, pools: pools.slice(0, 2) }).right).toBeDefined();
      }),
    );
  });
});

test('a counter is right exactly when it need not be set', () => {
  fc.assert(
    fc.property(number, lastOnChain, (next, onChain) => {
      const { valid, words } = judgeCounter('the.counter', { onChain, next });
      const { right = -1n } = judgeNewNumber(next, { onChain, next });
      expect(valid).toBe(wayTo(right, { next }).set === undefined);
      expect(words.includes('kes counter set the.counter --next')).toBe(!valid);
    }),
  );
});
