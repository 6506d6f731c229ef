import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
import { vrfImplementationOf } from '@evolock/test-keys';
import {
  conformanceCases,
  extendedKeyVectors,
  externalConformanceCases,
  type Implementation,
} from '@evolock/test-vectors';
import { describe, expect, test } from 'vitest';
import { ExtendedSigningKey } from '../src/index.js';
import { algorithms } from './signing-keys.js';

/** kL ‖ kR ‖ verification key ‖ chain code. */
function extendedKeyOf(extendedKey: Uint8Array): ExtendedSigningKey {
  const { verificationKey } =
    extendedKeyVectors().find((vector) => Buffer.compare(vector.extendedKey, extendedKey) === 0) ??
    {};
  const bytes = Buffer.concat([
    extendedKey,
    verificationKey ?? new Uint8Array(32),
    new Uint8Array(32),
  ]);
  return directDeserialiseBufChecked(new Uint8Array(bytes), ExtendedSigningKey);
}

const implementation: Implementation = {
  extended: {
    deriveVerificationKey(extendedKey) {
      using key = extendedKeyOf(extendedKey);
      return key.deriveVerificationKey();
    },
    sign(extendedKey, message) {
      using key = extendedKeyOf(extendedKey);
      return key.sign(message);
    },
  },
  vrf(name) {
    const algorithm = algorithms.find((one) => one.name === name);
    return algorithm && vrfImplementationOf(algorithm, algorithm);
  },
};

describe('the package conforms to the vectors', () => {
  for (const { group, name, run } of conformanceCases(implementation))
    test(`${group}: ${name}`, run);
});

describe('the package agrees with the vectors of cardano-base', () => {
  const { cases, skipped } = externalConformanceCases(implementation);
  const ours = skipped.filter((reason) => reason.includes('vrf') && !reason.endsWith('offered'));
  for (const reason of ours) test.skipIf(true)(reason, () => {});
  for (const { group, name, run } of cases) test(`${group}: ${name}`, run);

  test('every file has a case or a reason why it has none', () => {
    expect(cases.length + ours.length).toBe(14);
  });
});
