import { keyOf } from '@evolock/test-keys';
import { RecordingAllocator, refusalsOf, seedOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { pooledAllocator } from '../src/index.js';
import { algorithms } from './algorithms.js';

/** Arguments that would be right. */
const right = { sign: [Uint8Array.of(1)], directSerialise: [() => {}], updateTo: [0] };

describe.each(algorithms)('a released key of $name', (algorithm) => {
  test('refuses everything but what every released value answers, and its algorithm', () => {
    const key = keyOf(algorithm, seedOf(1));
    key.release();
    const refusals = refusalsOf(key, right, ['algorithm']);
    expect([...refusals.keys()]).toEqual(
      expect.arrayContaining([
        'period',
        'sign',
        'update',
        'updateTo',
        'deriveVerificationKey',
        'clone',
        'directSerialise',
      ]),
    );
    expect([...refusals].filter(([, code]) => code !== 'ERR_EVOLOCK_RELEASED')).toEqual([]);
  });

  test('says so, still names its algorithm, and may be released again', () => {
    const key = keyOf(algorithm, seedOf(1));
    key.release();
    expect(key.released).toBe(true);
    expect(key.algorithm).toBe(algorithm);
    using next = keyOf(algorithm, seedOf(1));
    const signature = next.sign(Uint8Array.of(1));
    key.release();
    key[Symbol.dispose]();
    expect(next.sign(Uint8Array.of(1))).toEqual(signature);
  });

  test('was overwritten before release returned', () => {
    const allocator = new RecordingAllocator(pooledAllocator);
    const key = keyOf(algorithm, seedOf(1), { allocator });
    const memory = allocator.slots[0]!.bytes;
    expect(new Uint8Array(memory.subarray(0, 32))).toEqual(seedOf(1));
    key.release();
    expect(memory.every((byte) => byte === 0)).toBe(true);
  });
});
