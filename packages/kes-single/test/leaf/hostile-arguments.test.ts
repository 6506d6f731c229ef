import { keyOf } from '@evolock/test-keys';
import {
  codeOf,
  errorOf,
  noBytes,
  oddBytes,
  seedOf,
  toyDsign,
  wrongly,
} from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  compactSingleKes,
  ed25519,
  singleKes,
  type AllocationOptions,
  type DsignAlgorithm,
} from '../../src/index.js';
import { algorithms } from '../algorithms.js';

const message = Uint8Array.of(1, 2, 3);
const TYPE = 'ERR_EVOLOCK_ARGUMENT_TYPE';

describe.each(algorithms)('$name', (algorithm) => {
  test.each(noBytes(32))('refuses $name wherever bytes belong', ({ make }) => {
    using key = keyOf(algorithm, seedOf(1));
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);
    const value = make() as Uint8Array;
    expect(codeOf(() => key.sign(value))).toBe(TYPE);
    expect(codeOf(() => algorithm.verify(value, 0, message, signature))).toBe(TYPE);
    expect(codeOf(() => algorithm.verify(root, 0, value, signature))).toBe(TYPE);
    expect(codeOf(() => algorithm.verify(root, 0, message, value))).toBe(TYPE);
    expect(codeOf(() => algorithm.generateKey(wrongly(value)))).toBe(TYPE);
  });

  test('accepts bytes with odd properties by their content', () => {
    using key = keyOf(algorithm, seedOf(1));
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);
    for (const { name, make } of oddBytes(message)) {
      expect(key.sign(make() as Uint8Array), name).toEqual(signature);
      expect(algorithm.verify(root, 0, make() as Uint8Array, signature), name).toBe(true);
    }
    for (const { name, make } of oddBytes(signature)) {
      expect(algorithm.verify(root, 0, message, make() as Uint8Array), name).toBe(true);
    }
    for (const { name, make } of oddBytes(root)) {
      expect(algorithm.verify(make() as Uint8Array, 0, message, signature), name).toBe(true);
    }
  });

  test.each([undefined, null, 1, 'push', {}])('refuses %s as push or pull', (value) => {
    using key = keyOf(algorithm, seedOf(1));
    expect(codeOf(() => key.directSerialise(wrongly(value)))).toBe(TYPE);
    expect(codeOf(() => algorithm.directDeserialise(wrongly(value)))).toBe(TYPE);
  });

  test.each([null, 1, 'options', true])('refuses %s as options', (value) => {
    using key = keyOf(algorithm, seedOf(1));
    const options: AllocationOptions = wrongly(value);
    expect(codeOf(() => keyOf(algorithm, seedOf(1), options))).toBe(TYPE);
    expect(codeOf(() => key.clone(options))).toBe(TYPE);
    expect(codeOf(() => algorithm.directDeserialise(() => {}, options))).toBe(TYPE);
  });
});

describe.each([
  ['singleKes', singleKes],
  ['compactSingleKes', compactSingleKes],
])('%s refuses a value that is not a signature scheme', (_, construct) => {
  const { leaf } = ed25519;
  const VALUE = 'ERR_EVOLOCK_ARGUMENT_VALUE';
  test.each<[string, unknown, argument: string, code?: string]>([
    ['undefined', undefined, 'dsign'],
    ['null', null, 'dsign'],
    ['a string', 'ed25519', 'dsign'],
    ['a function', () => ed25519, 'dsign'],
    ['an empty object', {}, 'dsign'],
    ['no leaf', { ...ed25519, leaf: undefined }, 'dsign.leaf'],
    ['a leaf of null', { ...ed25519, leaf: null }, 'dsign.leaf'],
    ['no generateKey', { ...ed25519, generateKey: undefined }, 'dsign'],
    ['no name', { ...ed25519, name: undefined }, 'dsign.name'],
    ['a name that is not text', { ...ed25519, name: 7 }, 'dsign.name'],
    [
      'a leaf without generate',
      { ...ed25519, leaf: { ...leaf, generate: undefined } },
      'dsign.leaf',
    ],
    ['a leaf without load', { ...ed25519, leaf: { ...leaf, load: 'load' } }, 'dsign.leaf'],
    ['a leaf without sign', { ...ed25519, leaf: { ...leaf, sign: null } }, 'dsign.leaf'],
    ['a leaf without verify', { ...ed25519, leaf: { ...leaf, verify: {} } }, 'dsign.leaf'],
    [
      'a leaf without a size',
      { ...ed25519, leaf: { ...leaf, size: undefined } },
      'dsign.leaf.size',
    ],
    [
      'a leaf smaller than its serialised form',
      { ...ed25519, leaf: { ...leaf, size: 31 } },
      'dsign.leaf.size',
      VALUE,
    ],
    ['a seed of no bytes', { ...ed25519, seedSize: 0 }, 'dsign.seedSize', VALUE],
    ['a seed of half a byte', { ...ed25519, seedSize: 0.5 }, 'dsign.seedSize'],
    [
      'a verification key of a negative size',
      { ...ed25519, verificationKeySize: -32 },
      'dsign.verificationKeySize',
      VALUE,
    ],
    ['a signature of a size in text', { ...ed25519, signatureSize: '64' }, 'dsign.signatureSize'],
    [
      'a signature whose size is not a number',
      { ...ed25519, signatureSize: NaN },
      'dsign.signatureSize',
    ],
    [
      'a signature of a huge size',
      { ...ed25519, signatureSize: 2 ** 31 },
      'dsign.signatureSize',
      VALUE,
    ],
    ['a signing key of a bigint', { ...ed25519, signingKeySize: 32n }, 'dsign.signingKeySize'],
    ['an algorithm of key evolving signatures', singleKes(toyDsign()), 'dsign.leaf'],
  ])('%s, and the error names the member', (_name, value, argument, code = TYPE) => {
    expect(errorOf(() => construct(value as DsignAlgorithm))).toMatchObject({ code, argument });
  });
});

test('the class of a key has no public constructor', () => {
  using key = keyOf(algorithms[0]!, seedOf(1));
  const Class = key.constructor as new (...given: unknown[]) => unknown;
  const code = codeOf(() => new Class({ dsign: ed25519, geometry: { secretSize: 64 } }));
  expect(code).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
});
