import { noBytes, oddBytes, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { ArgumentError, MLockedSeed, praosVrf } from '../src/index.js';
import { extendedFrom, keyOf } from './signing-keys.js';

const seed = new Uint8Array(32).fill(5);
const alpha = Uint8Array.of(1, 2, 3);
const wrongType = expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE' });

function expectArgumentError(run: () => unknown, argument: string): void {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ArgumentError);
  expect(thrown).toMatchObject({ code: 'ERR_EVOLOCK_ARGUMENT_TYPE', argument });
}

describe.each(noBytes(32))('$name instead of bytes is refused by name', ({ make }) => {
  const bytes = () => make() as Uint8Array;

  test('as a message', () => {
    using key = keyOf(seed);
    using extended = extendedFrom();
    expectArgumentError(() => key.prove(bytes()), 'alpha');
    expectArgumentError(() => extended.sign(bytes()), 'message');
    const proof = new Uint8Array(80);
    expectArgumentError(() => praosVrf.verify(seed, bytes(), proof), 'alpha');
  });

  test('as a verification key, a proof or a seed', () => {
    const proof = new Uint8Array(80);
    expectArgumentError(() => praosVrf.verify(bytes(), alpha, proof), 'verificationKey');
    expectArgumentError(() => praosVrf.verify(seed, alpha, bytes()), 'proof');
    expectArgumentError(() => praosVrf.outputOf(bytes()), 'proof');
    expectArgumentError(() => praosVrf.generateKey(make() as MLockedSeed<32>), 'seed');
  });
});

describe('bytes with unusual properties are used by their content', () => {
  using key = keyOf(seed);
  const verificationKey = key.deriveVerificationKey();
  const proof = key.prove(alpha);
  const output = praosVrf.outputOf(proof);

  test.each(oddBytes(alpha))('$name as a message', ({ make }) => {
    using other = keyOf(seed);
    expect(other.prove(make() as Uint8Array)).toEqual(proof);
    expect(praosVrf.verify(verificationKey, make() as Uint8Array, proof)).toEqual(output);
  });

  test.each(oddBytes(verificationKey))('$name as a verification key', ({ make }) => {
    expect(praosVrf.verify(make() as Uint8Array, alpha, proof)).toEqual(output);
  });

  test.each(oddBytes(proof))('$name as a proof', ({ make }) => {
    expect(praosVrf.verify(verificationKey, alpha, make() as Uint8Array)).toEqual(output);
    expect(praosVrf.outputOf(make() as Uint8Array)).toEqual(output);
  });
});

test.each([undefined, null, 1, 'push', {}])('%s as push or pull is refused', (value) => {
  using key = keyOf(seed);
  using extended = extendedFrom();
  expect(() => key.directSerialise(wrongly(value))).toThrow(wrongType);
  expect(() => extended.directSerialise(wrongly(value))).toThrow(wrongType);
  expect(() => praosVrf.directDeserialise(wrongly(value))).toThrow(wrongType);
});

test.each([16, 31, 33, 64])('a seed of %i bytes makes no key', (size) => {
  using other = MLockedSeed.newRandom<number>(size);
  expect(() => praosVrf.generateKey(other as MLockedSeed<32>)).toThrow(
    expect.objectContaining({ code: 'ERR_EVOLOCK_ARGUMENT_VALUE', argument: 'seed' }),
  );
});
