import { keyOf, serialised } from '@evolock/test-keys';
import { nearTheEndOfTheStack, seedOf } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { freshAlgorithm } from '../algorithms.js';

const message = Uint8Array.of(1, 2, 3);

test.each([
  // The step from period 0 expands no seed; the one from period 1 does.
  { variant: 'sum', period: 0 },
  { variant: 'sum', period: 1 },
  { variant: 'compact', period: 1 },
] as const)(
  'an update on an almost exhausted stack succeeds, or throws and leaves the key unchanged: %o',
  ({ variant, period }) => {
    const algorithm = freshAlgorithm(variant, 2);
    const thrown = nearTheEndOfTheStack((run) => {
      using key = keyOf(algorithm, seedOf(1));
      key.updateTo(period);
      const root = key.deriveVerificationKey();
      const isGood = () => algorithm.verify(root, key.period, message, key.sign(message));
      const error = run(() => key.update());
      expect([key.period, isGood()]).toEqual([error === undefined ? period + 1 : period, true]);
      key.updateTo(3);
      expect([key.period, isGood()]).toEqual([3, true]);
    });
    expect(thrown).toBeGreaterThan(0);
  },
);

test('a serialisation on an almost exhausted stack leaves the key unchanged', () => {
  const algorithm = freshAlgorithm('sum', 2);
  using key = keyOf(algorithm, seedOf(1));
  const bytes = serialised(key);
  const thrown = nearTheEndOfTheStack((run) => {
    run(() => key.directSerialise(() => undefined));
    key.clone().release();
    expect(serialised(key)).toEqual(bytes);
  });
  expect(thrown).toBeGreaterThan(0);
  key.update();
  expect(key.period).toBe(1);
});
