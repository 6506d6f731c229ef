import { keyFrom, keyOf, serialised } from '@evolock/test-keys';
import { RecordingAllocator, seedOf, toyDsign } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  mappingAllocator,
  PooledAllocator,
  type KesAlgorithm,
  type KesSigningKey,
} from '../../src/index.js';
import { freshAlgorithm } from '../algorithms.js';

const tenant = new PooledAllocator();
const options = { allocator: tenant };

/** The mappings that a call makes: scratch memory, since keys and seeds are in pools. */
function reservedDuring(run: () => void): RecordingAllocator {
  const { allocate } = mappingAllocator;
  const log = new RecordingAllocator({ allocate: allocate.bind(mappingAllocator) });
  mappingAllocator.allocate = (size, alignment) => log.allocate(size, alignment);
  try {
    run();
  } finally {
    mappingAllocator.allocate = allocate;
  }
  return log;
}

function expectZero(log: RecordingAllocator, after: string): void {
  for (const { size, bytes, live } of log.slots) {
    if (live)
      expect(
        bytes.every((byte) => byte === 0),
        `${size} bytes after ${after}`,
      ).toBe(true);
  }
}

describe.each(['sum', 'compact'] as const)('%s: no secret stays in scratch memory', (variant) => {
  test('after generating, every update, reading and cloning', () => {
    const algorithm = freshAlgorithm(variant, 3);
    const log = reservedDuring(() => keyOf(algorithm, seedOf(1), options).release());
    expect(log.live).toBeGreaterThan(0);
    expectZero(log, 'generating and releasing');
    using key = keyOf(algorithm, seedOf(1), options);
    expectZero(log, 'generating');
    for (let period = 1; period < algorithm.totalPeriods; period += 1) {
      key.update();
      expectZero(log, `the update to period ${period}`);
      keyFrom(algorithm, serialised(key), options).release();
      expectZero(log, `reading at period ${period}`);
    }
    key.clone(options).release();
    expectZero(log, 'cloning');
  });

  test.each(['generate', 'load'] as const)(
    'after a failure of the leaf scheme in %s',
    (failing) => {
      let fail = false;
      const dsign = toyDsign((operation) => {
        if (fail && operation === failing) throw new Error('toy: failed');
      });
      const algorithm: KesAlgorithm = freshAlgorithm(variant, 2, dsign);
      let key: KesSigningKey | undefined;
      const log = reservedDuring(() => {
        key = keyOf(algorithm, seedOf(1), options);
      });
      using live = key!;
      const bytes = serialised(live);
      fail = true;
      if (failing === 'generate') {
        expect(() => live.update()).toThrow('toy');
        expectZero(log, 'an update that failed');
        expect(() => keyOf(algorithm, seedOf(1), options)).toThrow('toy');
        expectZero(log, 'a generation that failed');
      }
      expect(() => keyFrom(algorithm, bytes, options)).toThrow('toy');
      expectZero(log, 'a read that failed');
    },
  );

  test('after a refused read', () => {
    const algorithm = freshAlgorithm(variant, 2);
    const log = reservedDuring(() => keyOf(algorithm, seedOf(1), options).release());
    using key = keyOf(algorithm, seedOf(1), options);
    const bytes = serialised(key);
    bytes[70]! ^= 1;
    expect(() => keyFrom(algorithm, bytes, options)).toThrow('is not consistent');
    expectZero(log, 'a read that was refused');
  });
});

test('when scratch memory cannot be reserved nothing is lost, and the next generation succeeds', () => {
  const algorithm = freshAlgorithm('sum', 2);
  const { allocate } = mappingAllocator;
  const scratch = new RecordingAllocator({ allocate: allocate.bind(mappingAllocator) }).failAt(0);
  mappingAllocator.allocate = (size, alignment) => scratch.allocate(size, alignment);
  try {
    expect(() => keyOf(algorithm, seedOf(1), options)).toThrow(scratch.refusal);
    expect(tenant.usage().liveSlots).toBe(0);
    keyOf(algorithm, seedOf(1), options).release();
  } finally {
    mappingAllocator.allocate = allocate;
  }
  expect(scratch.live).toBe(1);
});

test('verification needs no locked memory', () => {
  const algorithm = freshAlgorithm('compact', 2);
  const log = reservedDuring(() => {
    algorithm.verify(new Uint8Array(32), 0, new Uint8Array(), new Uint8Array(160));
  });
  expect(log.slots).toEqual([]);
});
