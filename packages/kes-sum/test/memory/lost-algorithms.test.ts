import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { keyOf } from '@evolock/test-keys';
import { RecordingAllocator, seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { mappingAllocator } from '../../src/index.js';
import { freshAlgorithm } from '../algorithms.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const ALGORITHMS = 20;

function makeAndLoseAlgorithms(): void {
  for (let count = 0; count < ALGORITHMS; count += 1) {
    keyOf(freshAlgorithm('sum', 1), seedOf(1)).release();
  }
}

test('the locked memory of an algorithm is released when the algorithm is collected', async () => {
  const { allocate } = mappingAllocator;
  const log = new RecordingAllocator({ allocate: allocate.bind(mappingAllocator) });
  keyOf(freshAlgorithm('sum', 1), seedOf(1)).release();
  mappingAllocator.allocate = (size, alignment) => log.allocate(size, alignment);
  makeAndLoseAlgorithms();
  mappingAllocator.allocate = allocate;
  expect(log.live).toBe(2 * ALGORITHMS);
  for (let turn = 0; turn < 50 && log.live > 0; turn += 1) {
    collect();
    await setImmediate();
  }
  expect(log.live).toBe(0);
});
