import { keyOf } from '@evolock/test-keys';
import { codeOf, seedOf, toyDsign, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  compactSingleKes,
  compactSum1Kes,
  compactSumKes,
  CompositionError,
  type DsignAlgorithm,
  ed25519,
  type KesSignature,
  type KesVerificationKey,
  MAX_DEPTH,
  rustSigningKey,
  rustSigningKeyType,
  singleKes,
  sum1Kes,
  sum6Kes,
  sumKes,
} from '../../src/index.js';
import { unsoundFromRaw, unsoundRawSigningKey } from '../../src/unsound.js';
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

const strangers: unknown[] = [
  undefined,
  null,
  7,
  'ed25519_kes_2^6',
  {},
  [],
  new Uint8Array(32),
  { directDeserialise: () => undefined, directSerialise: () => undefined, signingKeySize: 32 },
];

const bytes = new Uint8Array(32);
const takeAlgorithms: Record<string, (algorithm: never) => unknown> = {
  rustSigningKeyType,
  unsoundFromRaw: (algorithm) => unsoundFromRaw(algorithm, bytes),
};
const takeKeys: Record<string, (key: never) => unknown> = { rustSigningKey, unsoundRawSigningKey };

describe.each(Object.entries(takeAlgorithms))('%s', (_, call) => {
  test('refuses a value that is not an algorithm of these packages', () => {
    for (const stranger of [...strangers, ed25519]) {
      expect(codeOf(() => call(wrongly(stranger)))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    }
  });
});

describe.each(Object.entries(takeKeys))('%s', (_, call) => {
  test('refuses a value that is not a signing key of these packages', () => {
    for (const stranger of [...strangers, sum6Kes]) {
      expect(codeOf(() => call(wrongly(stranger)))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    }
  });

  test('refuses a key that was released', () => {
    const key = keyOf(sum1Kes, seedOf(8));
    key.release();
    expect(codeOf(() => call(wrongly(key)))).toBe('ERR_EVOLOCK_RELEASED');
  });
});

test('the Rust form of a key that its callback evolves is refused', () => {
  using key = keyOf(sum1Kes, seedOf(8));
  const evolve = () => {
    if (key.period === 0) key.update();
  };
  expect(codeOf(() => rustSigningKey(key).directSerialise(evolve))).toMatch(
    /^ERR_EVOLOCK_KES_(PERIOD|BUSY)$/,
  );
});

test('the compiler distinguishes verification keys, signatures and their algorithms', () => {
  using key = keyOf(sum6Kes, seedOf(8));
  const verificationKey = new Uint8Array(32) as KesVerificationKey<'ed25519_kes_2^6'>;
  const signature = new Uint8Array(448) as KesSignature<'ed25519_kes_2^6'>;
  // @ts-expect-error -- a verification key of another scheme
  expect(ed25519.verify(verificationKey, bytes, new Uint8Array(64))).toBe(false);
  // @ts-expect-error -- a signature in place of a verification key
  expect(sum6Kes.verify(signature, 0, bytes, signature)).toBe(false);
  // @ts-expect-error -- a verification key in place of a signature
  expect(sum6Kes.verify(verificationKey, 0, bytes, verificationKey)).toBe(false);
  expect(sum6Kes.verify(key.deriveVerificationKey(), 0, bytes, key.sign(bytes))).toBe(true);
});
