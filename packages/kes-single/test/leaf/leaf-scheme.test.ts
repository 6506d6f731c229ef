import { keyFrom, keyOf } from '@evolock/test-keys';
import { codeOf, errorOf, RecordingAllocator, seedOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  AsynchronousLeafError,
  compactSingleKes,
  ed25519,
  pooledAllocator,
  singleKes,
  type DsignAlgorithm,
  type KesAlgorithm,
} from '../../src/index.js';

const message = Uint8Array.of(1, 2, 3);

const composers: readonly ((dsign: DsignAlgorithm) => KesAlgorithm)[] = [
  singleKes,
  compactSingleKes,
];

test('the operations of a leaf may be methods that use private fields', () => {
  class Leaf {
    readonly size = ed25519.leaf.size;
    #used = 0;
    generate(...given: Parameters<typeof ed25519.leaf.generate>) {
      this.#used += 1;
      ed25519.leaf.generate(...given);
    }
    load(...given: Parameters<typeof ed25519.leaf.load>) {
      ed25519.leaf.load(...given);
    }
    sign(...given: Parameters<typeof ed25519.leaf.sign>) {
      this.#used += 1;
      ed25519.leaf.sign(...given);
    }
    verify(...given: Parameters<typeof ed25519.leaf.verify>) {
      return ed25519.leaf.verify(...given);
    }
    get used() {
      return this.#used;
    }
  }
  const leaf = new Leaf();
  using key = keyOf(singleKes({ ...ed25519, leaf }), seedOf(1));
  key.sign(message);
  expect(leaf.used).toBe(2);
});

test.each(['generate', 'load', 'sign', 'verify'])('a leaf needs %s', (operation) => {
  const leaf = { ...ed25519.leaf, [operation]: undefined };
  expect(codeOf(() => singleKes({ ...ed25519, leaf: wrongly(leaf) }))).toBe(
    'ERR_EVOLOCK_ARGUMENT_TYPE',
  );
});

test.each(['seedSize', 'verificationKeySize', 'signatureSize', 'signingKeySize'])(
  'the leaf of Ed25519 has no other %s than Ed25519',
  (size) => {
    expect(errorOf(() => singleKes({ ...ed25519, [size]: 16 }))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
      argument: `dsign.${size}`,
    });
    expect(codeOf(() => singleKes({ ...ed25519, name: wrongly('renamed') }))).toBe(undefined);
  },
);

/** Results of an operation that has not finished when it returns. */
const unfinished: readonly [string, () => unknown][] = [
  ['a promise', () => Promise.resolve(true)],
  ['a promise that is rejected', () => Promise.reject(new Error('later'))],
  ['an object with a method then', () => ({ then: () => undefined })],
  [
    'a function with a method then',
    () => Object.assign(() => undefined, { then: () => undefined }),
  ],
  ['a generator', () => new Uint8Array(1).values()],
];

describe.each(composers)('a leaf scheme of $name that returns', (compose) => {
  function leafAnswering(operation: keyof typeof ed25519.leaf, answer: () => unknown) {
    const own = ed25519.leaf[operation] as (...given: Uint8Array[]) => unknown;
    const leaf = {
      ...ed25519.leaf,
      // It does its work first, as an async function does before its first await.
      [operation]: (...given: Uint8Array[]) => {
        own(...given);
        return answer();
      },
    };
    return compose({ ...ed25519, leaf });
  }

  test.each(unfinished)('%s: there is no key, no signature and no verdict', (_, answer) => {
    const honest = compose(ed25519);
    using key = keyOf(honest, seedOf(1));
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);

    for (const operation of ['generate', 'load'] as const) {
      const allocator = new RecordingAllocator(pooledAllocator);
      const algorithm = leafAnswering(operation, answer);
      const make = () =>
        operation === 'generate'
          ? keyOf(algorithm, seedOf(1), { allocator })
          : keyFrom(algorithm, seedOf(1), { allocator });
      expect(errorOf(make)).toMatchObject({
        code: 'ERR_EVOLOCK_KES_ASYNCHRONOUS_LEAF',
        operation,
      });
      expect(allocator.slots.length).toBeGreaterThan(0);
      allocator.expectClean();
    }

    using signing = keyOf(leafAnswering('sign', answer), seedOf(1));
    expect(errorOf(() => signing.sign(message))).toBeInstanceOf(AsynchronousLeafError);

    const verifying = leafAnswering('verify', answer);
    expect(errorOf(() => verifying.verify(root, 0, message, signature))).toMatchObject({
      code: 'ERR_EVOLOCK_KES_ASYNCHRONOUS_LEAF',
      operation: 'verify',
    });
  });

  test.each([1, 'true', {}, [], Symbol('true'), new Boolean(true), undefined])(
    '%s as the result of verify counts as false',
    (answer) => {
      using key = keyOf(compose(ed25519), seedOf(1));
      const signature = key.sign(message);
      const verdict = (value: unknown) =>
        leafAnswering('verify', () => value).verify(
          key.deriveVerificationKey(),
          0,
          message,
          signature,
        );
      expect([verdict(true), verdict(answer)]).toEqual([true, false]);
    },
  );
});
