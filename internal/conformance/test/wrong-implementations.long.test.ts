// Implementations with one mistake each: the runner finds each of them, and its failures have few causes.
import {
  ConformanceError,
  conformanceCases,
  type KesAlgorithmKind,
  type KesKeyHandle,
  runConformance,
} from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import { native } from '../src/native.js';
import { seedNotWiped, wrong, type Kes } from './wrong-implementations.js';

test.each(wrong.map(([name, ...rest]) => [name, rest] as const))('caught: %s', async (_, rest) => {
  const [implementation, expected] = rest;
  const { causes, failures } = await runConformance(implementation);
  const found = failures.map(({ group, error }) => `${group}: ${error.code}`);
  const codes = expected.map((each) => each.replace(': ', ': ERR_EVOLOCK_'));
  expect(found).toEqual(expect.arrayContaining(codes));
  // Every failure has one cause.
  expect(causes.reduce((sum, { failed }) => sum + failed, 0)).toBe(failures.length);
  expect(causes.length).toBeLessThan(14);
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

/** The native packages up to depth 2, each algorithm changed. */
const changedAll = (change: (right: Kes) => Partial<Kes>) => ({
  kes(algorithm: KesAlgorithmKind, depth: number) {
    const right = depth > 2 ? undefined : native.kes(algorithm, depth);
    return right && { ...right, ...change(right) };
  },
});

test('one missing check is one cause, in every group, algorithm and depth', async () => {
  const { causes, failures, statement } = await runConformance(
    changedAll((right) => ({
      verify: (key, period, ...rest) =>
        right.verify(key, Math.min(period, right.totalPeriods - 1), ...rest),
    })),
  );
  expect(causes).toMatchObject([
    {
      code: 'ERR_EVOLOCK_INVALID_ACCEPTED',
      what: 'the signature was accepted despite a period that does not exist',
      failed: failures.length,
      groups: [
        { group: 'kes verification', failed: 8, of: 8 },
        { group: 'kes negative', of: 72 },
      ],
      algorithms: [
        'single depth 0',
        'compactSingle depth 0',
        'sum depths 0 to 2',
        'compactSum depths 0 to 2',
      ],
      first: failures[0],
    },
  ]);
  const [cause] = statement.split(/\n(?! )/);
  expect(cause?.split('\n')).toEqual([
    'failed: the signature was accepted despite a period that does not exist (ERR_EVOLOCK_INVALID_ACCEPTED)',
    `  ${failures.length} cases: kes verification (all 8), kes negative (${failures.length - 8} of 72)`,
    '  single depth 0, compactSingle depth 0, sum depths 0 to 2, compactSum depths 0 to 2',
    `  first: ${failures[0]?.error.message}`,
  ]);
  expect(statement).toMatch(/ cases failed, by 1 cause$/);
});

test('a number that differs between the failures is left out', async () => {
  const { causes } = await runConformance(
    changedAll((right) => ({ signatureSize: right.signatureSize + right.totalPeriods })),
  );
  expect(causes).toMatchObject([
    {
      what: 'the signature size is …, expected …',
      groups: [
        { group: 'kes sizes', failed: 8, of: 8 },
        { group: 'kes haskell', failed: 16, of: 16 },
      ],
    },
  ]);
});

test('a verifier that accepts everything has a cause for each rule, and counts no good signature', async () => {
  const { causes } = await runConformance({
    ...changedAll(() => ({ verify: () => true })),
    dsign: { ...native.dsign, verify: () => true },
    verifiesOnly: true,
  });
  for (const { what, groups } of causes) {
    expect(what).toMatch(/^the signature was accepted despite /);
    for (const { failed, of } of groups) expect(failed, what).toBe(of);
  }
  expect(causes.length).toBeLessThan(24);
});
