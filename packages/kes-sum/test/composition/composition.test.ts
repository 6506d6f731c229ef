import { codeOf, toyDsign, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  compactSingleKes,
  compactSum1Kes,
  compactSumKes,
  CompositionError,
  ed25519,
  MAX_DEPTH,
  singleKes,
  sum1Kes,
  sumKes,
  type DsignAlgorithm,
} from '../../src/index.js';
import { freshAlgorithm } from '../algorithms.js';

const COMPOSITION = 'ERR_EVOLOCK_KES_COMPOSITION';
const compose: Record<'sumKes' | 'compactSumKes', (inner: unknown) => unknown> = wrongly({
  sumKes,
  compactSumKes,
});

function refusal(constructor: 'sumKes' | 'compactSumKes', inner: unknown): CompositionError {
  try {
    compose[constructor](inner);
  } catch (error) {
    expect(error).toBeInstanceOf(CompositionError);
    expect(error).toMatchObject({ code: COMPOSITION, name: 'CompositionError' });
    return error as CompositionError;
  }
  return expect.fail('was composed');
}

test('sumKes refuses compact algorithms and names compactSumKes', () => {
  for (const inner of [compactSingleKes(ed25519), compactSum1Kes]) {
    const { message } = refusal('sumKes', inner);
    expect(message).toContain(`sumKes does not accept ${inner.name}`);
    expect(message).toContain('compactSumKes');
  }
});

test('compactSumKes refuses sum algorithms and names sumKes', () => {
  for (const inner of [singleKes(ed25519), sum1Kes]) {
    const { message } = refusal('compactSumKes', inner);
    expect(message).toContain(`compactSumKes does not accept ${inner.name}`);
    expect(message).toContain('with sumKes');
  }
});

describe.each(['sumKes', 'compactSumKes'] as const)('%s', (constructor) => {
  const single = constructor === 'sumKes' ? singleKes(ed25519) : compactSingleKes(ed25519);

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'ed25519_kes_2^0'],
    ['a number', 6],
    ['a function', () => single],
    ['an empty object', {}],
    ['an array', [single]],
    ['a signature scheme', ed25519],
    ['a copy of an algorithm', { ...single }],
    [
      'an object with the members of an algorithm',
      { name: 'ed25519_kes_2^0', variant: 'sum', depth: 0, seedSize: 32 },
    ],
    ['an object with a very long name', { name: 'x'.repeat(1000) }],
    ['an object whose name is a number', { name: 7 }],
  ])('refuses %s', (_, inner) => {
    const { message } = refusal(constructor, inner);
    expect(message).toContain(`${constructor} does not accept `);
    expect(message.length).toBeLessThan(400);
  });

  test('refuses a proxy of an algorithm and an object that inherits from one', () => {
    for (const inner of [new Proxy(single, {}), Object.create(single) as unknown]) {
      const code = codeOf(() => compose[constructor](inner));
      expect([COMPOSITION, 'ERR_EVOLOCK_DUPLICATE_PACKAGE']).toContain(code);
    }
  });

  test('refuses an object whose name throws', () => {
    const inner = {
      get name() {
        throw new Error('no name');
      },
    };
    expect(refusal(constructor, inner).message).toContain('an object without a name');
  });

  test('refuses a leaf scheme with seeds of 64 bytes: an expanded seed has 32', () => {
    const dsign: DsignAlgorithm = wrongly({ ...toyDsign(), seedSize: 64 });
    const inner = constructor === 'sumKes' ? singleKes(dsign) : compactSingleKes(dsign);
    expect(refusal(constructor, inner).message).toMatch(/64 bytes.*32/);
  });

  test('composes up to the greatest depth', () => {
    const deepest = freshAlgorithm(constructor === 'sumKes' ? 'sum' : 'compact', MAX_DEPTH);
    expect(MAX_DEPTH).toBe(20);
    expect(deepest).toMatchObject({
      depth: 20,
      totalPeriods: 1_048_576,
      signingKeySize: 32 + 96 * 20,
      signatureSize: constructor === 'sumKes' ? 64 + 64 * 20 : 96 + 32 * 20,
    });
    expect(refusal(constructor, deepest).message).toContain('greatest depth is 20');
  });

  test('makes a frozen algorithm', () => {
    const algorithm = compose[constructor](single);
    expect(Object.isFrozen(algorithm)).toBe(true);
  });

  test('verifies at the greatest depth without locked memory, at any period', () => {
    const deepest = freshAlgorithm(constructor === 'sumKes' ? 'sum' : 'compact', MAX_DEPTH);
    const signature = new Uint8Array(deepest.signatureSize);
    for (const period of [0, 1, 2 ** 19, 2 ** 20 - 1, 2 ** 20, 2 ** 32]) {
      expect(deepest.verify(new Uint8Array(32), period, signature, signature)).toBe(false);
    }
  });
});
