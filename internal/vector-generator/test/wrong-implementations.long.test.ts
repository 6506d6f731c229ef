import { expect, test } from 'vitest';
import {
  ConformanceError,
  conformanceCases,
  type ConformanceCase,
  type Implementation,
  type KesKeyHandle,
} from '@evolock/test-vectors';
import { native } from '../src/native.js';
import { seedNotWiped, wrongImplementations } from './wrong-implementations.js';

/** A case that failed, as `group: code`. */
async function failureOf({ group, run }: ConformanceCase): Promise<string[]> {
  try {
    await run();
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConformanceError);
    return error instanceof ConformanceError ? [`${group}: ${error.code}`] : [];
  }
}

/** The failures of an implementation: each `group: code` once, sorted. */
async function failuresOf(implementation: Implementation): Promise<string[]> {
  const failures = new Set<string>();
  for (const one of conformanceCases(implementation))
    for (const failed of await failureOf(one)) failures.add(failed);
  return [...failures].sort();
}

test.each(wrongImplementations)('caught: %s', async (_name, implementation, expected) => {
  const failures = await failuresOf(implementation);
  const codes = expected.map((each) => each.replace(': ', ': ERR_EVOLOCK_'));
  expect(failures).toEqual(expect.arrayContaining(codes));
});

test('the native packages have no failure', async () => {
  const shallow: Implementation = {
    kes: (algorithm, depth) => (depth < 4 ? native.kes(algorithm, depth) : undefined),
  };
  expect(await failuresOf(shallow)).toEqual([]);
});

test('an error names file, algorithm, depth, period and difference', async () => {
  const failed = conformanceCases(seedNotWiped).find(({ group }) => group === 'kes signing key');
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
