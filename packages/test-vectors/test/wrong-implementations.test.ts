import { expect, test } from 'vitest';
import { oracle } from '../oracle/scheme/implementation.js';
import {
  ConformanceError,
  conformanceCases,
  type Implementation,
  type KesKeyHandle,
} from '../src/index.js';
import { failure, failuresOf } from './run-cases.js';
import * as wrong from './wrong-implementations.js';

const table: readonly [name: string, Implementation, failures: string[]][] = [
  [
    'swapped hash prefix',
    wrong.swappedHashPrefix,
    [
      failure('seed expansion', 'EXPANSION_MISMATCH'),
      failure('kes verification key', 'VERIFICATION_KEY_MISMATCH'),
      failure('kes signing key', 'SIGNING_KEY_MISMATCH'),
      failure('kes signature', 'SIGNATURE_MISMATCH'),
    ],
  ],
  [
    'swapped siblings',
    wrong.swappedSiblings,
    [
      failure('kes verification key', 'VERIFICATION_KEY_MISMATCH'),
      failure('kes signing key', 'SIGNING_KEY_MISMATCH'),
      failure('kes signature', 'SIGNATURE_MISMATCH'),
      failure('kes verification', 'VALID_REJECTED'),
    ],
  ],
  [
    'seed not wiped after the boundary',
    wrong.seedNotWiped,
    [
      failure('kes signing key', 'SIGNING_KEY_MISMATCH'),
      failure('kes haskell', 'SIGNING_KEY_MISMATCH'),
    ],
  ],
  [
    'update off by one',
    wrong.updateOffByOne,
    [
      failure('kes signing key', 'SIGNING_KEY_MISMATCH'),
      failure('kes signature', 'SIGNATURE_MISMATCH'),
      failure('kes read back', 'SIGNING_KEY_MISMATCH'),
    ],
  ],
  [
    'extended signature accepted',
    wrong.extendedSignatureAccepted,
    [failure('kes negative', 'INVALID_ACCEPTED')],
  ],
  [
    'period past the end accepted',
    wrong.periodPastTheEndAccepted,
    [failure('kes negative', 'INVALID_ACCEPTED'), failure('kes verification', 'INVALID_ACCEPTED')],
  ],
  [
    'period truncated to 32 bits',
    wrong.periodTruncated,
    [failure('kes negative', 'INVALID_ACCEPTED')],
  ],
  [
    'compact tail reversed',
    wrong.compactTailReversed,
    [
      failure('kes signature', 'SIGNATURE_MISMATCH'),
      failure('kes haskell', 'SIGNATURE_MISMATCH'),
      failure('kes verification', 'VALID_REJECTED'),
      failure('kes negative', 'INVALID_ACCEPTED'),
    ],
  ],
  [
    'block order wrong',
    wrong.blockOrderWrong,
    [failure('kes signing key', 'SIGNING_KEY_MISMATCH')],
  ],
  ['blocks merged', wrong.blocksMerged, [failure('kes block sizes', 'SIZE_MISMATCH')]],
  ['update past the end', wrong.updatePastTheEnd, [failure('kes last period', 'UPDATE_ACCEPTED')]],
  [
    'update past the end damages the key',
    wrong.updatePastTheEndDamages,
    [failure('kes last period', 'SIGNING_KEY_MISMATCH')],
  ],
  [
    'reading forgets the period',
    wrong.readingForgetsThePeriod,
    [failure('kes read back', 'PERIOD_MISMATCH')],
  ],
  ['wrong size', wrong.wrongSize, [failure('kes sizes', 'SIZE_MISMATCH')]],
  ['lax Ed25519', wrong.laxEd25519, [failure('ed25519 verification', 'INVALID_ACCEPTED')]],
  [
    'verifier that throws',
    wrong.throwingVerifier,
    [failure('kes negative', 'IMPLEMENTATION_THREW')],
  ],
  ['leaf signature unchecked', wrong.leafUnchecked, [failure('kes negative', 'INVALID_ACCEPTED')]],
];

test.each(table)('caught: %s', (_name, implementation, expected) => {
  const failures = failuresOf(implementation);
  expect(failures).toEqual(expect.arrayContaining(expected));
});

test('the oracle over its own primitives is not caught', () => {
  const shallow: Implementation = {
    kes: (algorithm, depth) => (depth < 4 ? oracle.kes?.(algorithm, depth) : undefined),
  };
  expect(failuresOf(shallow)).toEqual([]);
});

test('an error says file, algorithm, depth, period and difference', () => {
  const failed = conformanceCases(wrong.seedNotWiped).find(
    ({ group }) => group === 'kes signing key',
  );
  try {
    failed?.run();
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConformanceError);
    expect(error).toMatchObject({
      name: 'ConformanceError',
      code: 'SIGNING_KEY_MISMATCH',
      location: { file: 'kes-signing-keys.json', algorithm: 'sum', depth: 3, period: 1 },
      message: expect.stringMatching(
        /^kes-signing-keys\.json: sum, depth 3, period 1: the signing key differs at byte 32: expected 0000000000000000, got [0-9a-f]{16}$/,
      ) as unknown,
    });
  }
});

test('an error of the implementation is the cause', () => {
  const cause = new Error('not today');
  const [first] = conformanceCases({
    seed: {
      expand: () => {
        throw cause;
      },
    },
  });
  expect(first?.run).toThrow(
    expect.objectContaining({
      code: 'IMPLEMENTATION_THREW',
      cause,
      message: expect.stringContaining('not today') as unknown,
    }),
  );
});

test('every handle is released once, whether cases pass or fail', () => {
  for (const isWrong of [false, true]) {
    const released = new Map<KesKeyHandle, number>();
    const watch = (handle: KesKeyHandle): KesKeyHandle => {
      released.set(handle, 0);
      return Object.defineProperties(handle, {
        release: { value: () => released.set(handle, (released.get(handle) ?? 0) + 1) },
        ...(isWrong ? { serialise: { value: () => new Uint8Array(3) } } : {}),
      });
    };
    failuresOf({
      kes(algorithm, depth) {
        const kes = depth === 2 ? oracle.kes?.(algorithm, depth) : undefined;
        return (
          kes && {
            ...kes,
            generateKey: (seed) => watch(kes.generateKey(seed)),
            readKey: (serialised, period) => watch(kes.readKey(serialised, period)),
          }
        );
      },
    });
    expect(released.size).toBeGreaterThan(0);
    expect(new Set(released.values())).toEqual(new Set([1]));
  }
});
