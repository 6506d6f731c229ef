import { keyFrom, keyOf } from '@evolock/test-keys';
import { errorOf, RecordingAllocator, seedOf, toyDsign } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  AsynchronousLeafError,
  compactSingleKes,
  ed25519,
  pooledAllocator,
  singleKes,
  type LeafScheme,
  type DsignLeaf,
  type KesAlgorithm,
} from '../src/index.js';

const message = Uint8Array.of(1, 2, 3);

const { leaf } = ed25519;

test('the operations of a leaf may be methods that use their object', () => {
  class Leaf implements DsignLeaf {
    readonly size = leaf.size;
    readonly generate = leaf.generate;
    readonly load = leaf.load;
    readonly verify = leaf.verify;
    used = 0;
    sign(...given: Parameters<DsignLeaf['sign']>) {
      this.used += 1;
      leaf.sign(...given);
    }
  }
  const counting = new Leaf();
  using key = keyOf(singleKes({ ...ed25519, leaf: counting }), seedOf(1));
  key.sign(message);
  expect(counting.used).toBe(1);
});

const composers: readonly ((dsign: LeafScheme) => KesAlgorithm)[] = [singleKes, compactSingleKes];

const TYPE = 'ERR_EVOLOCK_ARGUMENT_TYPE';
const VALUE = 'ERR_EVOLOCK_ARGUMENT_VALUE';

/** Ed25519 with changed members, and with changed members of its leaf. */
const changed = (members: object) => ({ ...ed25519, ...members });
const changedLeaf = (members: object) => changed({ leaf: { ...leaf, ...members } });

test.each<[string, unknown, argument: string, code?: string]>([
  ['a value that is no object', 'ed25519', 'dsign'],
  ['a name that is not text', changed({ name: 7 }), 'dsign.name'],
  ['an empty name', changed({ name: '' }), 'dsign.name', VALUE],
  ['a leaf without generate', changedLeaf({ generate: undefined }), 'dsign.leaf'],
  ['a leaf without a size', changedLeaf({ size: undefined }), 'dsign.leaf.size'],
  ['a leaf smaller than its form', changedLeaf({ size: 31 }), 'dsign.leaf.size', VALUE],
  ['a seed of no bytes', changed({ seedSize: 0 }), 'dsign.seedSize', VALUE],
  ['a key of a size in text', changed({ verificationKeySize: '32' }), 'dsign.verificationKeySize'],
  ['a huge signature', changed({ signatureSize: 2 ** 31 }), 'dsign.signatureSize', VALUE],
  // The leaf of Ed25519 needs its sizes.
  ['another seed', changed({ seedSize: 16 }), 'dsign.seedSize', VALUE],
  ['another key', changed({ verificationKeySize: 16 }), 'dsign.verificationKeySize', VALUE],
  ['another signature', changed({ signatureSize: 16 }), 'dsign.signatureSize', VALUE],
  ['another signing key', changed({ signingKeySize: 16 }), 'dsign.signingKeySize', VALUE],
  ['an algorithm of key evolving signatures', singleKes(toyDsign()), 'dsign.leaf'],
])('%s is no leaf scheme, and the error names the member', (_, value, argument, code = TYPE) => {
  for (const compose of composers) {
    expect(errorOf(() => compose(value as LeafScheme))).toMatchObject({ code, argument });
  }
});

test('the leaf of Ed25519 may have another name', () => {
  // The type of the name is that of Ed25519 here, and a scheme of an author has its own.
  const renamed: LeafScheme = changed({ name: 'renamed' as never });
  expect(singleKes(renamed).name).toBe('renamed_kes_2^0');
});

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
  function leafAnswering(
    operation: 'generate' | 'load' | 'sign' | 'verify',
    answer: () => unknown,
  ) {
    const own: (...given: [Uint8Array, Uint8Array, Uint8Array]) => unknown = leaf[operation];
    // It does its work first, as an async function does before its first await.
    const answering = (...given: [Uint8Array, Uint8Array, Uint8Array]) => {
      own(...given);
      return answer();
    };
    return compose(changedLeaf({ [operation]: answering }));
  }

  test.each(unfinished)('%s: there is no key, no signature and no verdict', (_, answer) => {
    const code = 'ERR_EVOLOCK_KES_ASYNCHRONOUS_LEAF';
    using key = keyOf(compose(ed25519), seedOf(1));
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);

    const allocator = new RecordingAllocator(pooledAllocator);
    const generate = () => keyOf(leafAnswering('generate', answer), seedOf(1), { allocator });
    expect(errorOf(generate)).toMatchObject({ code, operation: 'generate' });
    const load = () => keyFrom(leafAnswering('load', answer), seedOf(1), { allocator });
    expect(errorOf(load)).toMatchObject({ code, operation: 'load' });
    expect(allocator.slots.length).toBeGreaterThan(1);
    allocator.expectClean();

    using signing = keyOf(leafAnswering('sign', answer), seedOf(1));
    expect(errorOf(() => signing.sign(message))).toBeInstanceOf(AsynchronousLeafError);

    const verifying = leafAnswering('verify', answer);
    const verify = () => verifying.verify(root, 0, message, signature);
    expect(errorOf(verify)).toMatchObject({ code, operation: 'verify' });
  });

  test.each([
    ['the signature', new Uint8Array(64).fill(1)],
    ['null', null],
    ['a verdict', true],
  ])('%s where it has to write: there is no key and no signature', (_, answer) => {
    const code = 'ERR_EVOLOCK_KES_LEAF_RESULT';
    const allocator = new RecordingAllocator(pooledAllocator);
    const generate = () =>
      keyOf(
        leafAnswering('generate', () => answer),
        seedOf(1),
        { allocator },
      );
    expect(errorOf(generate)).toMatchObject({ code, operation: 'generate' });
    const load = () =>
      keyFrom(
        leafAnswering('load', () => answer),
        seedOf(1),
        { allocator },
      );
    expect(errorOf(load)).toMatchObject({ code, operation: 'load' });
    allocator.expectClean();
    using signing = keyOf(
      leafAnswering('sign', () => answer),
      seedOf(1),
    );
    expect(errorOf(() => signing.sign(message))).toMatchObject({ code, operation: 'sign' });
  });

  test('another value than true from verify: it counts as false', () => {
    using key = keyOf(compose(ed25519), seedOf(1));
    const root = key.deriveVerificationKey();
    const signature = key.sign(message);
    for (const answer of [true, 1, 'true', {}, new Boolean(true), undefined]) {
      const algorithm = leafAnswering('verify', () => answer);
      expect(algorithm.verify(root, 0, message, signature)).toBe(answer === true);
    }
  });
});
