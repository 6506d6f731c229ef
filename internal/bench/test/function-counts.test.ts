import { expect, test } from 'vitest';
import { resultOf } from '../src/processes.js';

/** The most distinct functions of one warm call. */
const targets: readonly [call: string, most: number][] = [
  ['MLockedSeed.newRandom', 25],
  ['sum6Kes.generateKey', 60],
  ['update of a sum6Kes key', 30],
  ['the costliest update of a sum6Kes key', 30],
];

const counted = resultOf('functions') as Record<string, string[]>;

test.each(targets)('a warm call of %s runs at most %i functions', (call, most) => {
  const functions = counted[call] ?? [];
  expect(functions).not.toHaveLength(0);
  expect(functions.length, functions.join('\n')).toBeLessThanOrEqual(most);
});
