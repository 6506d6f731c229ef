import { describe, onTestFinished, expect, test } from 'vitest';
import { sum6Kes } from '@evolock/kes-sum';
import { keyFrom } from '@evolock/test-keys';
import { KeyKeeper } from '../../src/client/key-keeper.js';
import { SECOND_LOOK } from '../../src/period-clock.js';
import { agentKey, pool, recorder } from '../support/agent-key.js';
import { network, PERIOD_SECONDS, TestClock } from '../support/pool.js';

/** A keeper of a key from period 10 on, in period 12. */
function keeperWithKey() {
  const allocator = recorder();
  const clock = new TestClock(12);
  const losses: string[] = [];
  const { coldVerificationKey } = pool;
  const keeper = new KeyKeeper(
    { coldVerificationKey, parameters: network, now: clock.now, monotonic: clock.monotonic },
    (reason) => losses.push(reason),
  );
  onTestFinished(() => {
    keeper.wipe();
    allocator.expectClean();
  });
  const { bytes, evolution, certificate } = agentKey({ start: 10 });
  const signingKey = keyFrom(sum6Kes, bytes, { allocator });
  const received = { signingKey, evolution, certificate, timestamp: 1n };
  expect(keeper.receive(received)).toMatchObject({ result: 'ok' });
  return { keeper, clock, signingKey, losses };
}

test('a key that is accepted leaves its past evolutions at once', () => {
  const { signingKey } = keeperWithKey();
  expect(signingKey.period).toBe(2);
});

describe('a clock that steps by more than a period', () => {
  /** And a monotonic clock that the test moves. */
  function keeperWithClocks() {
    const all = keeperWithKey();
    let elapsed = all.clock.time;
    all.clock.monotonicTime = () => elapsed;
    return { ...all, pass: (milliseconds: number) => (elapsed += milliseconds) };
  }

  test.each([
    ['far ahead', 3_000],
    ['by two periods', 14],
  ])('%s for one look changes nothing', (_words, period) => {
    const { keeper, clock, signingKey, losses } = keeperWithClocks();
    clock.setPeriod(period);
    expect(keeper.current()).toBeUndefined();
    expect(signingKey.period).toBe(2);
    clock.setPeriod(12);
    expect(keeper.current()?.period).toBe(12n);
    expect(losses).toEqual([]);
  });

  test('is believed at a second look', () => {
    const { keeper, clock, pass, losses } = keeperWithClocks();
    clock.setPeriod(15);
    expect(keeper.current()).toBeUndefined();
    pass(SECOND_LOOK - 1);
    expect(keeper.current()).toBeUndefined();
    pass(1);
    expect(keeper.current()?.period).toBe(15n);
    clock.setPeriod(3_000);
    expect(keeper.current()).toBeUndefined();
    pass(SECOND_LOOK);
    expect(keeper.current()).toBeUndefined();
    expect(losses).toEqual(['expired']);
  });

  test('together with the monotonic clock is time that passed', () => {
    const { keeper, clock, pass } = keeperWithClocks();
    pass(3 * PERIOD_SECONDS * 1_000);
    clock.setPeriod(15);
    expect(keeper.current()?.period).toBe(15n);
  });
});
