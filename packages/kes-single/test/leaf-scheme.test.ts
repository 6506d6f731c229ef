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
} from '../src/index.js';
import { checkDsign } from '../src/composition.js';

const message = Uint8Array.of(1, 2, 3);

type Changeable = { -readonly [Member in keyof typeof ed25519]: (typeof ed25519)[Member] };

const refusing = {
  ...ed25519.leaf,
  sign: () => {
    throw new Error('of the later leaf');
  },
  verify: () => false,
};

const composers: readonly ((dsign: DsignAlgorithm) => KesAlgorithm)[] = [
  singleKes,
  compactSingleKes,
];

describe.each(composers)('$name', (compose) => {
  test('keys go on with what their leaf scheme was when it was composed', () => {
    const scheme: Changeable = { ...ed25519 };
    const algorithm = compose(scheme);
    using key = keyOf(algorithm, seedOf(1));
    scheme.leaf = refusing;
    Object.assign(scheme, { name: 'other', signatureSize: 10, verificationKeySize: 5 });
    const signature = key.sign(message);
    expect(algorithm.verify(key.deriveVerificationKey(), 0, message, signature)).toBe(true);
    using next = keyOf(algorithm, seedOf(1));
    expect(next.sign(message)).toEqual(signature);
  });

  test('a leaf scheme is read when it is composed, and never again', () => {
    const asked: (string | symbol)[] = [];
    const counted = <T extends object>(value: T): T =>
      new Proxy(value, {
        get(target, member) {
          asked.push(member);
          const found: unknown = Reflect.get({ ...target }, member);
          return member === 'leaf' ? counted(found as object) : found;
        },
      });
    const algorithm = compose(counted({ ...ed25519 }));
    const before = asked.length;
    using key = keyOf(algorithm, seedOf(1));
    key.sign(message);
    expect(asked).toHaveLength(before);
  });
});

test('the operations of a leaf may stand in a class, and use what only its instances have', () => {
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

test('what is kept of a scheme is frozen; Ed25519 is itself', () => {
  expect(checkDsign(ed25519)).toBe(ed25519);
  const kept = checkDsign({ ...ed25519, leaf: { ...ed25519.leaf } });
  expect(Object.isFrozen(kept)).toBe(true);
  expect(Object.isFrozen(kept.leaf)).toBe(true);
});

test.each(['generate', 'load', 'sign', 'verify'])('a leaf needs %s', (operation) => {
  const leaf = { ...ed25519.leaf, [operation]: undefined };
  expect(codeOf(() => singleKes({ ...ed25519, leaf: wrongly(leaf) }))).toBe(
    'ERR_EVOLOCK_ARGUMENT_TYPE',
  );
});

test.each(['seedSize', 'verificationKeySize', 'signatureSize', 'signingKeySize'])(
  'the leaf of Ed25519 has the sizes of Ed25519: no other %s',
  (size) => {
    expect(errorOf(() => singleKes({ ...ed25519, [size]: 16 }))).toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
      argument: `dsign.${size}`,
    });
    expect(codeOf(() => singleKes({ ...ed25519, name: wrongly('renamed') }))).toBe(undefined);
  },
);

test('a leaf that has an operation at the first look alone is refused with a code', () => {
  let looks = 0;
  const leaf = Object.defineProperty({ ...ed25519.leaf }, 'generate', {
    get: () => (looks++ === 0 ? ed25519.leaf.generate : undefined),
  });
  expect(codeOf(() => singleKes({ ...ed25519, leaf }))).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
});

/** Answers of an operation that has not finished when it returns, or of which nobody can tell. */
const unfinished: readonly [string, () => unknown][] = [
  ['a promise', () => Promise.resolve(true)],
  ['a promise that is rejected', () => Promise.reject(new Error('later'))],
  ['an object with a method then', () => ({ then: () => undefined })],
  [
    'a function with a method then',
    () => Object.assign(() => undefined, { then: () => undefined }),
  ],
  [
    'an object whose getter then throws',
    () => Object.defineProperty({}, 'then', { get: () => expect.fail('asked') }),
  ],
  ['a generator', () => new Uint8Array(1).values()],
];

describe.each(composers)('a leaf scheme of $name that answers with', (compose) => {
  function leafAnswering(operation: keyof typeof ed25519.leaf, answer: () => unknown) {
    const own = ed25519.leaf[operation] as (...given: Uint8Array[]) => unknown;
    const leaf = {
      ...ed25519.leaf,
      // It does its work, as an async function does up to its first await.
      [operation]: (...given: Uint8Array[]) => {
        own(...given);
        return answer();
      },
    };
    return compose({ ...ed25519, leaf });
  }

  test.each(unfinished)('%s makes no key, no signature and no verdict', (_, answer) => {
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
    '%s to verify has verified nothing',
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
