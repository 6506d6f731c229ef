import { errorOf, toyDsign } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { compactSingleKes, ed25519, singleKes, type DsignAlgorithm } from '../../src/index.js';

const TYPE = 'ERR_EVOLOCK_ARGUMENT_TYPE';

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
