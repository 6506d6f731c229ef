import { unsoundMemory } from '@evolock/kes-single/unsound';
import { keyAt, keyOf, serialised } from '@evolock/test-keys';
import { seedOf, wrongly } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { ed25519, sum3Kes } from '../src/index.js';
import { TreeGeometry } from '../src/tree-geometry.js';

const geometry = new TreeGeometry(ed25519, 3);

/** A step that uses the right seed of a level: the leaf that it leads to is a left or a right one. */
const steps = [
  { period: 0, level: 0, half: 'right' },
  { period: 1, level: 1, half: 'left' },
  { period: 2, level: 0, half: 'right' },
  { period: 3, level: 2, half: 'left' },
] as const;

test.each(steps)(
  'an update from period $period names the $half half when the seed it uses was damaged in memory, and changes nothing',
  ({ period, level, half }) => {
    using key = keyAt(sum3Kes, seedOf(3), period);
    unsoundMemory(wrongly(key))[geometry.seedOffset(level)]! ^= 1;
    const before = serialised(key);
    expect(() => key.update()).toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_KES_INCONSISTENT_KEY', level: 1, half }),
    );
    expect(key.period).toBe(period);
    expect(serialised(key)).toEqual(before);
  },
);

/** A step that leaves what the key keeps: the subtree that it enters is generated of the right seed of a level. */
const stepsOut = [
  { keptLevels: 0, period: 1, to: 2, level: 1 },
  { keptLevels: 1, period: 3, to: 4, level: 2 },
  { keptLevels: 2, period: 1, to: 6, level: 2 },
] as const;

test.each(stepsOut)(
  'an update from period $period to $to that leaves the $keptLevels levels kept names the level of a seed that was damaged in memory, and changes nothing',
  ({ keptLevels, period, to, level }) => {
    using key = keyOf(sum3Kes, seedOf(3), { keptLevels });
    key.updateTo(period);
    unsoundMemory(wrongly(key))[geometry.seedOffset(level)]! ^= 1;
    const before = serialised(key);
    expect(() => key.updateTo(to)).toThrow(
      expect.objectContaining({
        code: 'ERR_EVOLOCK_KES_INCONSISTENT_KEY',
        level: level + 1,
        half: 'right',
      }),
    );
    expect(key.period).toBe(period);
    expect(serialised(key)).toEqual(before);
  },
);
