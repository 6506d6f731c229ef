import { keyOf } from '@evolock/test-keys';
import { codeOf, noBytes, oddBytes, seedOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { ed25519, type AllocationOptions } from '../../src/index.js';
import { evolving } from '../algorithms.js';

const message = Uint8Array.of(1, 2, 3);
const TYPE = 'ERR_EVOLOCK_ARGUMENT_TYPE';

describe.each(evolving)('$name', (algorithm) => {
  test.each(noBytes(algorithm.signatureSize))('refuses $name wherever bytes belong', ({ make }) => {
    using key = keyOf(algorithm, seedOf(1));
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);
    const value = make() as Uint8Array;
    const verify = (...[vk, text, candidate]: [Uint8Array, Uint8Array, Uint8Array]) =>
      codeOf(() => algorithm.verify(vk, 0, text, candidate));
    expect(verify(value, message, signature)).toBe(TYPE);
    expect(verify(root, value, signature)).toBe(TYPE);
    expect(verify(root, message, value)).toBe(TYPE);
    expect(codeOf(() => key.sign(value))).toBe(TYPE);
    expect(codeOf(() => algorithm.generateKey(wrongly(value)))).toBe(TYPE);
    expect(key.sign(message)).toEqual(signature);
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

  test.each([0.5, NaN, Infinity, -Infinity, '0', 0n, null, undefined, {}, [0]])(
    'refuses %s as a period and names the argument',
    (value) => {
      using key = keyOf(algorithm, seedOf(1));
      const root = key.deriveVerificationKey();
      const signature = key.sign(message);
      const verify = () => algorithm.verify(root, value as number, message, signature);
      expect(verify).toThrow(expect.objectContaining({ code: TYPE, argument: 'period' }));
    },
  );

  test.each([undefined, null, 1, 'push', {}])('refuses %s as push or pull', (value) => {
    using key = keyOf(algorithm, seedOf(1));
    expect(codeOf(() => key.directSerialise(wrongly(value)))).toBe(TYPE);
    expect(codeOf(() => algorithm.directDeserialise(wrongly(value)))).toBe(TYPE);
    key.update();
  });

  test.each([null, 1, 'options', true])('refuses %s as options', (value) => {
    using key = keyOf(algorithm, seedOf(1));
    const options: AllocationOptions = wrongly(value);
    expect(codeOf(() => keyOf(algorithm, seedOf(1), options))).toBe(TYPE);
    expect(codeOf(() => key.clone(options))).toBe(TYPE);
    expect(codeOf(() => algorithm.directDeserialise(() => {}, options))).toBe(TYPE);
  });

  test.each([
    null,
    1,
    {},
    { allocate: 1 },
    { allocate: () => undefined },
    { allocate: () => ({}) },
  ])('refuses %o as an allocator', (value) => {
    const options: AllocationOptions = wrongly({ allocator: value });
    expect(codeOf(() => keyOf(algorithm, seedOf(1), options))).toBe(TYPE);
  });

  test.each([16, 31, 33, 64])('refuses a seed of %i bytes', (size) => {
    const make = () => keyOf(algorithm, new Uint8Array(size).fill(1));
    expect(codeOf(make)).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
  });
});

test('the class of a key has no public constructor', () => {
  using key = keyOf(evolving[0]!, seedOf(1));
  const Class = key.constructor as new (...given: unknown[]) => unknown;
  const code = codeOf(() => new Class({ geometry: { secretSize: 64, dsign: ed25519 } }));
  expect(code).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
});
