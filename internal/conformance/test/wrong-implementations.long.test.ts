// Each wrong implementation is found, and its failures have few causes.
import { expect, test } from 'vitest';
import {
  ConformanceError,
  conformanceCases,
  type KesKeyHandle,
  runConformance,
} from '@evolock/test-vectors';
import { native } from '../src/native.js';
import { seedNotWiped, wrongImplementations } from './wrong-implementations.js';

test.each(wrongImplementations)('caught: %s', async (_name, implementation, expected) => {
  const { causes, failures } = await runConformance(implementation);
  const found = failures.map(({ group, error }) => `${group}: ${error.code}`);
  const codes = expected.map((each) => each.replace(': ', ': ERR_EVOLOCK_'));
  expect(found).toEqual(expect.arrayContaining(codes));
  // Every failure has one cause.
  expect(causes.reduce((sum, { failed }) => sum + failed, 0)).toBe(failures.length);
  expect(causes.length).toBeLessThan(7);
  for (const { failed, groups, first } of causes) {
    expect(groups.reduce((sum, group) => sum + group.failed, 0)).toBe(failed);
    for (const group of groups) expect(group.failed).toBeLessThanOrEqual(group.of);
    expect(failures).toContain(first);
  }
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
    await runConformance({
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
