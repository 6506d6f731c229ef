import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { keyOf } from '@evolock/test-keys';
import { seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { pooledAllocator } from '../src/index.js';
import { freshAlgorithm } from './algorithms.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const ALGORITHMS = 20;

function makeAndLoseAlgorithms(): void {
  for (let count = 0; count < ALGORITHMS; count += 1) {
    keyOf(freshAlgorithm('sum', 1), seedOf(1)).release();
  }
}

test('an algorithm that the program loses gives its locked memory back', async () => {
  keyOf(freshAlgorithm('sum', 1), seedOf(1)).release();
  const before = pooledAllocator.usage().liveSlots;
  makeAndLoseAlgorithms();
  const made = pooledAllocator.usage().liveSlots;
  expect(made).toBe(before + 2 * ALGORITHMS);
  for (let turn = 0; turn < 50 && pooledAllocator.usage().liveSlots > before; turn += 1) {
    collect();
    await setImmediate();
  }
  expect(pooledAllocator.usage().liveSlots).toBeLessThanOrEqual(before);
});
