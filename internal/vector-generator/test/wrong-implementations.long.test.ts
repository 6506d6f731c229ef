import { expect, test } from 'vitest';
import {
  ConformanceError,
  conformanceCases,
  type Implementation,
  type KesKeyHandle,
} from '@evolock/test-vectors';
import { native } from '../src/native.js';
import { failure, failuresOf } from './run-cases.js';
import * as wrong from './wrong-implementations.js';

const table: readonly [name: string, Implementation, failures: string[]][] = [
  [
    'seed not wiped after the boundary',
    wrong.seedNotWiped,
    [
      failure('kes signing key', 'ERR_EVOLOCK_SIGNING_KEY_MISMATCH'),
      failure('kes haskell', 'ERR_EVOLOCK_SIGNING_KEY_MISMATCH'),
    ],
  ],
  [
    'update off by one',
    wrong.updateOffByOne,
    [
      failure('kes signing key', 'ERR_EVOLOCK_SIGNING_KEY_MISMATCH'),
      failure('kes signature', 'ERR_EVOLOCK_SIGNATURE_MISMATCH'),
      failure('kes read back', 'ERR_EVOLOCK_SIGNING_KEY_MISMATCH'),
    ],
  ],
  [
    'extended signature accepted',
    wrong.extendedSignatureAccepted,
    [failure('kes negative', 'ERR_EVOLOCK_INVALID_ACCEPTED')],
  ],
  [
    'period past the end accepted',
    wrong.periodPastTheEndAccepted,
    [
      failure('kes negative', 'ERR_EVOLOCK_INVALID_ACCEPTED'),
      failure('kes verification', 'ERR_EVOLOCK_INVALID_ACCEPTED'),
    ],
  ],
  [
    'period truncated to 32 bits',
    wrong.periodTruncated,
    [failure('kes negative', 'ERR_EVOLOCK_INVALID_ACCEPTED')],
  ],
  [
    'compact tail reversed',
    wrong.compactTailReversed,
    [
      failure('kes signature', 'ERR_EVOLOCK_SIGNATURE_MISMATCH'),
      failure('kes haskell', 'ERR_EVOLOCK_SIGNATURE_MISMATCH'),
      failure('kes verification', 'ERR_EVOLOCK_VALID_REJECTED'),
      failure('kes negative', 'ERR_EVOLOCK_INVALID_ACCEPTED'),
    ],
  ],
  [
    'block order wrong',
    wrong.blockOrderWrong,
    [failure('kes signing key', 'ERR_EVOLOCK_SIGNING_KEY_MISMATCH')],
  ],
  ['blocks merged', wrong.blocksMerged, [failure('kes block sizes', 'ERR_EVOLOCK_SIZE_MISMATCH')]],
  [
    'update past the end',
    wrong.updatePastTheEnd,
    [failure('kes last period', 'ERR_EVOLOCK_UPDATE_ACCEPTED')],
  ],
  [
    'update past the end damages the key',
    wrong.updatePastTheEndDamages,
    [failure('kes last period', 'ERR_EVOLOCK_SIGNING_KEY_MISMATCH')],
  ],
  [
    'reading forgets the period',
    wrong.readingForgetsThePeriod,
    [failure('kes read back', 'ERR_EVOLOCK_PERIOD_MISMATCH')],
  ],
  ['wrong size', wrong.wrongSize, [failure('kes sizes', 'ERR_EVOLOCK_SIZE_MISMATCH')]],
  [
    'lax Ed25519',
    wrong.laxEd25519,
    [failure('ed25519 verification', 'ERR_EVOLOCK_INVALID_ACCEPTED')],
  ],
  [
    'verifier that throws',
    wrong.throwingVerifier,
    [failure('kes negative', 'ERR_EVOLOCK_IMPLEMENTATION_THREW')],
  ],
  [
    'leaf signature unchecked',
    wrong.leafUnchecked,
    [failure('kes negative', 'ERR_EVOLOCK_INVALID_ACCEPTED')],
  ],
];

test.each(table)('caught: %s', async (_name, implementation, expected) => {
  const failures = await failuresOf(implementation);
  expect(failures).toEqual(expect.arrayContaining(expected));
});

test('the native packages have no failure', async () => {
  const shallow: Implementation = {
    kes: (algorithm, depth) => (depth < 4 ? native.kes(algorithm, depth) : undefined),
  };
  expect(await failuresOf(shallow)).toEqual([]);
});

test('an error names file, algorithm, depth, period and difference', async () => {
  const failed = conformanceCases(wrong.seedNotWiped).find(
    ({ group }) => group === 'kes signing key',
  );
  try {
    await failed?.run();
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ConformanceError);
    expect(error).toMatchObject({
      name: 'ConformanceError',
      code: 'ERR_EVOLOCK_SIGNING_KEY_MISMATCH',
      location: { file: 'kes-signing-keys.json', algorithm: 'sum', depth: 3, period: 1 },
      message: expect.stringMatching(
        /^kes-signing-keys\.json: sum, depth 3, period 1: the signing key differs at byte 32: expected 0000000000000000, got [0-9a-f]{16}$/,
      ) as unknown,
    });
  }
});

test('an error of the implementation is the cause', async () => {
  const cause = new Error('not today');
  const [first] = conformanceCases({
    seed: {
      expand: () => {
        throw cause;
      },
    },
  });
  await expect(first?.run()).rejects.toThrow(
    expect.objectContaining({
      code: 'ERR_EVOLOCK_IMPLEMENTATION_THREW',
      cause,
      message: expect.stringContaining('not today') as unknown,
    }),
  );
});

test('every handle is released once, whether cases pass or fail', async () => {
  for (const isWrong of [false, true]) {
    const released = new Map<KesKeyHandle, number>();
    const watch = (handle: KesKeyHandle): KesKeyHandle => {
      released.set(handle, 0);
      const release = handle.release.bind(handle);
      const counted = () => {
        released.set(handle, (released.get(handle) ?? 0) + 1);
        return release();
      };
      return Object.defineProperties(handle, {
        release: { value: counted },
        ...(isWrong ? { serialise: { value: () => new Uint8Array(3) } } : {}),
      });
    };
    await failuresOf({
      kes(algorithm, depth) {
        const kes = depth === 2 ? native.kes(algorithm, depth) : undefined;
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
