import { unsoundMemory } from '@evolock/kes-single/unsound';
import { keyAt, serialised } from '@evolock/test-keys';
import { seedOf, wrongly } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { ed25519, sum3Kes } from '../../src/index.js';
import { TreeGeometry } from '../../src/tree/tree-geometry.js';

const geometry = new TreeGeometry(ed25519, 3);

/** Each step uses the right seed of a level. Its leaf is in the left or the right half of the innermost level. */
const steps = [
  { period: 0, level: 0, half: 'right' },
  { period: 1, level: 1, half: 'left' },
  { period: 2, level: 0, half: 'right' },
  { period: 3, level: 2, half: 'left' },
] as const;

test.each(steps)(
  'an update from period $period with a damaged seed names the $half half and leaves the key unchanged',
  ({ period, level, half }) => {
    using key = keyAt(sum3Kes, seedOf(3), period);
    unsoundMemory(wrongly(key))[geometry.levels[level]!.seedOffset]! ^= 1;
    const before = serialised(key);
    expect(() => key.update()).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_KES_INCONSISTENT_KEY', level: 1, half }),
    );
    expect(key.period).toBe(period);
    expect(serialised(key)).toEqual(before);
  },
);
