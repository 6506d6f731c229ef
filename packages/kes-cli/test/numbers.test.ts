/** The rule of the chain about the numbers of certificates: the verdict on a number, and the way to one that is accepted. */
import type { LastOnChain } from '@evolock/cardano-kes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ChainFacts,
  newNumberVerdict,
  nextNumber,
  numberVerdict,
  wayTo,
} from '../src/certificates/chain-rule.js';
import { judgeCounter, judgeNewNumber, judgeNumber } from '../src/certificates/number.js';
import type { OnChain } from '../src/certificates/on-chain.js';

/** Small numbers meet each other often; large ones are far apart. */
const number = fc.oneof(fc.bigInt(0n, 8n), fc.bigInt(0n, 2n ** 63n));
const lastOnChain: fc.Arbitrary<LastOnChain> = fc.oneof(fc.constant('none' as const), number);
const maybe = fc.option(number, { nil: undefined });

const stated = (last: LastOnChain): OnChain => ({ last, says: '' });

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
function walk(right: bigint, known: ChainFacts & { readonly next: bigint }) {
  const { set, reuses, number: wanted } = wayTo(right, known);
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
          expect(judgeNumber(candidate, { inUse }).words).toMatch(/on chain.* is unknown/);
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
        const known = { onChain, inUse, next };
        const { right = -1n } = newNumberVerdict(candidate, known);
        expect(accepts(onChain, right)).toBe(true);
        expect(right).not.toBe(onChain);
        expect(walk(right, known)).toBe(right);
        expect(newNumberVerdict(right, known)).toMatchObject({ verdict: 'accepted', right });
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
          const isNew = newNumberVerdict(candidate, { onChain, inUse }).verdict === 'accepted';
          if (isNew || candidate === nextNumber(onChain)) {
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
    expect(nextNumber('none')).toBe(1n);
    expect(newNumberVerdict(0n, { onChain: 'none', inUse: 1n })).toMatchObject({
      verdict: 'refused',
      reason: 'overtaken',
      right: 1n,
    });
  });

  test('of a new certificate is not one that is on chain', () => {
    fc.assert(
      fc.property(number, maybe, (onChain, next) => {
        expect(newNumberVerdict(onChain, { onChain, next }).verdict).toBe('refused');
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
    expect(newNumberVerdict(4n, { inUse: 4n, next: 4n }).isDoubtful).toBe(true);
    expect(newNumberVerdict(4n, { inUse: 4n, next: 5n }).isDoubtful).toBe(false);
  });

  test('is refused without advice when the files are of two pools', () => {
    const [a, b] = [1, 2].map((byte) => new Uint8Array(32).fill(byte));
    fc.assert(
      fc.property(number, lastOnChain, (candidate, last) => {
        const onChain = stated(last);
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
    fc.property(number, lastOnChain, (next, last) => {
      const onChain = stated(last);
      const { valid, words } = judgeCounter('the.counter', { onChain, next });
      const { verdict, right = -1n } = judgeNewNumber(next, { onChain, next });
      // That of a new pool is at 0, and 0 is accepted.
      expect(valid).toBe(verdict === 'accepted' || wayTo(right, { next }).set === undefined);
      expect(words.includes('kes counter set the.counter --next')).toBe(!valid);
    }),
  );
});
