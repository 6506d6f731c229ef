import { keyAt, keyOf, serialised } from '@evolock/test-keys';
import { codeOf, RecordingAllocator, seedOf, toyDsign } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { KesPeriodError, pooledAllocator } from '../../src/index.js';
import { algorithms, evolving, freshAlgorithm, periodsOf } from '../algorithms.js';
import { nodeSeeds } from '../conformance/recursive-reference.js';

const message = Uint8Array.of(1, 2, 3);

/** The periods around the boundaries: all of them at small depths. */
function stops(totalPeriods: number): number[] {
  const half = totalPeriods / 2;
  return [0, 1, 2, 3, 5, half - 1, half, half + 1, totalPeriods - 2, totalPeriods - 1].filter(
    (period, index, all) =>
      Number.isInteger(period) &&
      period >= 0 &&
      period < totalPeriods &&
      all.indexOf(period) === index,
  );
}

describe.each(algorithms)('$name', (algorithm) => {
  const last = algorithm.totalPeriods - 1;

  test('updateTo any later period equals single steps, in content and in what is wiped', () => {
    const seeds = nodeSeeds(algorithm.depth, seedOf(1));
    for (const from of stops(algorithm.totalPeriods)) {
      for (const to of stops(algorithm.totalPeriods).filter((period) => period >= from)) {
        const allocator = new RecordingAllocator(pooledAllocator);
        using key = keyOf(algorithm, seedOf(1), { allocator });
        key.updateTo(from);
        key.updateTo(to);
        using stepped = keyAt(algorithm, seedOf(1), to);
        expect(key.period).toBe(to);
        expect(serialised(key)).toEqual(serialised(stepped));
        expect(key.sign(message)).toEqual(stepped.sign(message));
        const memory = Buffer.from(new Uint8Array(allocator.slots[0]!.bytes));
        const kept = seeds.filter(
          ({ height, firstPeriod, seed }) =>
            (firstPeriod < to || (firstPeriod === to && height > 0)) &&
            memory.includes(Buffer.from(seed)),
        );
        expect(kept, `from ${from} to ${to}`).toEqual([]);
      }
    }
  });

  test('updateTo the current period changes nothing', () => {
    using key = keyAt(algorithm, seedOf(1), last);
    const bytes = serialised(key);
    key.updateTo(last);
    expect(serialised(key)).toEqual(bytes);
  });

  test('refuses an earlier or missing period and leaves the key unchanged', () => {
    const here = Math.ceil(last / 2);
    using key = keyAt(algorithm, seedOf(1), here);
    const bytes = serialised(key);
    for (const period of [-1, here - 1, last + 1, 2 ** 31, 2 ** 32 + here, 1e300]) {
      const move = () => key.updateTo(period);
      expect(move).toThrow(KesPeriodError);
      expect(codeOf(move), `period ${period}`).toBe('ERR_EVOLOCK_KES_PERIOD');
    }
    for (const period of [0.5, NaN, Infinity, '0', 0n, null, undefined]) {
      const code = codeOf(() => key.updateTo(period as number));
      expect(code).toBe('ERR_EVOLOCK_ARGUMENT_TYPE');
    }
    expect(key.period).toBe(here);
    expect(serialised(key)).toEqual(bytes);
  });
});

test.each(['sum', 'compact'] as const)(
  '%s: an updateTo that fails in the leaf scheme leaves the key unchanged',
  (variant) => {
    let fail = false;
    const dsign = toyDsign((operation) => {
      if (fail && operation === 'generate') throw new Error('toy: failed');
    });
    const algorithm = freshAlgorithm(variant, 3, dsign);
    for (const to of periodsOf(algorithm).slice(1)) {
      using key = keyOf(algorithm, seedOf(1));
      const bytes = serialised(key);
      fail = true;
      expect(() => key.updateTo(to)).toThrow('toy: failed');
      fail = false;
      expect(serialised(key)).toEqual(bytes);
      key.updateTo(to);
      expect(key.period).toBe(to);
    }
  },
);
