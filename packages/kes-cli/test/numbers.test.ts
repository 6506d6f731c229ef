/** The verdict on a number in words. The rule itself is tested in cardano-headers. */
import type { LastOnChain } from '@evolock/cardano-headers/certificates';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeCounter, judgeNewNumber, judgeNumber } from '../src/certificates/number.js';
import type { OnChain } from '../src/certificates/on-chain.js';

/** Small numbers meet each other often; large ones are far apart. */
const number = fc.oneof(fc.bigInt(0n, 8n), fc.bigInt(0n, 2n ** 63n));
const lastOnChain: fc.Arbitrary<LastOnChain> = fc.oneof(fc.constant('none' as const), number);

const stated = (last: LastOnChain): OnChain => ({ last, says: '' });

describe('a number', () => {
  test('is said to be unknown while the chain is', () => {
    fc.assert(
      fc.property(number, fc.option(number, { nil: undefined }), (candidate, inUse) => {
        expect(judgeNumber(candidate, { inUse }).words).toMatch(/on chain.* is unknown/);
      }),
    );
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
      const { verdict, way } = judgeNewNumber(next, { onChain, next });
      // That of a new pool is at 0, and 0 is accepted.
      expect(valid).toBe(verdict === 'accepted' || way?.set === undefined);
      expect(words.includes('kes counter set the.counter --next')).toBe(!valid);
    }),
  );
});
