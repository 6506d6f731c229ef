/** The key that an agent or a client holds: what it accepts, its evolution by the clock, its snapshots, and its end. */
import { kesParameters } from '@evolock/cardano-headers';
import { sum6Kes } from '@evolock/kes-sum';
import { directDeserialiseBufChecked } from '@evolock/kes-sum/all';
import { keyFrom } from '@evolock/test-keys';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KeyHolder, type KeyChange } from '../src/held-key.js';
import {
  agentKey,
  configuration,
  network,
  otherPool,
  pool,
  recorder,
  SECOND_LOOK,
  TestClock,
} from './support/pool.js';

/** A holder whose clocks are in a period. Its memory is clean after the test. */
function holderIn(period: number) {
  const clock = new TestClock(period);
  const allocator = recorder();
  const changes: KeyChange[] = [];
  const holder = new KeyHolder(configuration, clock.clocks, (change) => changes.push(change));
  onTestFinished(async () => {
    await holder.close();
    allocator.expectClean();
  });
  return {
    holder,
    clock,
    changes,
    told: () => changes.map(({ change }) => change),
    offer(
      timestamp: bigint | undefined,
      { key = 1, counter = 0, start = 3, evolution = 0, issuer = pool } = {},
    ) {
      const { bytes, ...rest } = agentKey({ seed: key, counter, start, evolution, issuer });
      const signingKey = keyFrom(sum6Kes, bytes, { allocator });
      const { held, refusal } = holder.receive({ ...rest, signingKey, timestamp });
      expect(signingKey.released).toBe(held === undefined);
      return { signingKey, refusal, held };
    },
  };
}

function holderWithKey() {
  const all = holderIn(3);
  const { signingKey } = all.offer(70n);
  return { ...all, signingKey };
}

describe('a key', () => {
  test('is taken, leaves its past evolutions at once, and keeps its timestamp', () => {
    const { holder, offer, changes } = holderIn(7);
    const { signingKey, held } = offer(70n);
    expect(signingKey.period).toBe(4);
    expect(holder.current()).toBe(held);
    expect(held).toMatchObject({ period: 7n, timestamp: 70n });
    expect(holder.held()).toMatchObject({ evolution: 4, timestamp: 70n });
    expect(changes).toEqual([
      { change: 'evolved', period: 7n, evolution: 4, remainingPeriods: 57 },
    ]);
  });

  test('is wiped when its last period is over', () => {
    const { holder, clock, told, signingKey } = holderWithKey();
    clock.setPeriod(64);
    expect(holder.held()?.evolution).toBe(61);
    clock.setPeriod(65);
    expect(holder.held()).toBeUndefined();
    expect(signingKey.released).toBe(true);
    expect([told(), holder.droppedAt]).toEqual([['evolved', 'expired'], undefined]);
  });

  test.each([
    [60n, {}, 'outdated'],
    [70n, {}, 'outdated'],
    [71n, {}, undefined],
    [71n, { counter: 4 }, 'outdated'],
    [71n, { start: 6 }, 'not-yet'],
    [71n, { evolution: 2 }, undefined],
    [71n, { evolution: 3 }, 'ahead'],
  ])('after one of counter 5 at 70: at %s, %o: %s', (timestamp, fields, refusal) => {
    const { offer } = holderIn(5);
    offer(70n, { counter: 5 });
    expect(offer(timestamp, { key: 2, counter: 5, ...fields }).refusal).toBe(refusal);
  });

  test('does not come back after its drop', () => {
    const { holder, offer, signingKey, changes } = holderWithKey();
    expect([69n, 70n, 70n].map((at) => holder.drop(at))).toEqual(['outdated', 'ok', 'outdated']);
    expect(signingKey.released).toBe(true);
    expect(changes).toMatchObject([{ change: 'dropped', certificate: { sequenceNumber: 0n } }]);
    expect(holder.droppedAt).toBe(70n);
    for (const timestamp of [70n, undefined]) expect(offer(timestamp).refusal).toBe('outdated');
    expect(holder.held()).toBeUndefined();
    expect(offer(71n).refusal).toBeUndefined();
    expect(holder.droppedAt).toBeUndefined();
  });

  test('without a timestamp: repeated, it is outdated; another one is taken', () => {
    const { holder, offer } = holderIn(5);
    const refusals = [{}, {}, { key: 2 }, { key: 3, counter: 1 }, { key: 4 }].map(
      (fields) => offer(undefined, fields).refusal,
    );
    expect(refusals).toEqual([undefined, 'outdated', undefined, undefined, 'outdated']);
    expect(holder.held()?.timestamp).toBe(3n);
  });

  test('stays when the configuration is replaced, by which the next one is judged', () => {
    const { holder, offer } = holderWithKey();
    const { coldVerificationKey } = otherPool;
    holder.configure({ ...configuration, coldVerificationKey });
    expect(holder.held()?.certificate.sequenceNumber).toBe(0n);
    expect(offer(71n, { key: 2 }).refusal).toBe('wrong-signature');
    expect(offer(71n, { key: 2, issuer: otherPool }).refusal).toBeUndefined();
  });
});

describe('a lease', () => {
  const ignored = () => undefined;

  test('shares one snapshot with others, which is wiped with the last of them', async () => {
    const { holder } = holderWithKey();
    const first = await holder.lease(ignored);
    const second = await holder.lease(ignored);
    expect(second?.bytes).toBe(first?.bytes);
    first?.end();
    first?.end();
    expect(second?.bytes.released).toBe(false);
    second?.end();
    expect(second?.bytes.released).toBe(true);
  });

  test('keeps its bytes at their evolution; the next waits until it ends', async () => {
    const { holder, clock } = holderWithKey();
    const before = await holder.lease(ignored);
    clock.setPeriod(4);
    expect(holder.held()?.evolution).toBe(1);
    expect(before?.evolution).toBe(0);
    const waiting = holder.lease(ignored);
    let hasCome = false;
    void waiting.then(() => (hasCome = true));
    await new Promise(setImmediate);
    expect(hasCome).toBe(false);
    before?.end();
    const after = await waiting;
    expect(before?.bytes.released).toBe(true);
    expect(after?.evolution).toBe(1);
    using read = after?.bytes.withBytes((bytes) => directDeserialiseBufChecked(bytes, sum6Kes));
    expect(read?.period).toBe(1);
    after?.end();
  });

  test('is aborted and wiped when the holder closes', async () => {
    const { holder } = holderWithKey();
    let isAborted = false;
    const lease = await holder.lease(() => (isAborted = true));
    await holder.close();
    expect(isAborted).toBe(true);
    expect(lease?.bytes.released).toBe(true);
    lease?.end();
  });
});

describe('a clock that steps', () => {
  /** A holder with a key from period 3 on, and a monotonic clock that the test moves. */
  function holderWithClocks() {
    const all = holderWithKey();
    let elapsed = all.clock.time;
    all.clock.monotonicTime = () => elapsed;
    all.holder.advance();
    return { ...all, pass: (milliseconds: number) => (elapsed += milliseconds) };
  }

  /** A period that the clock shows, the period of the key then, and the milliseconds of the monotonic clock before. */
  const look = (shown: number, current?: bigint, before = 0) => ({ shown, current, before });

  test.each([
    ['far ahead for one look changes nothing', [look(3_000), look(3, 3n)], ['doubted']],
    ['by two periods for one look changes nothing', [look(5), look(3, 3n)], ['doubted']],
    [
      'is believed at a second look',
      [
        ...[look(9), look(9, undefined, SECOND_LOOK - 1), look(9, 9n, 1)],
        ...[look(3_000), look(3_000, undefined, SECOND_LOOK), look(9)],
      ],
      ['doubted', 'evolved', 'doubted', 'expired'],
    ],
    [
      'to the past makes the right time no step',
      [look(0), look(3, 3n), look(-20), look(3, 3n)],
      [],
    ],
    // The monotonic clock of a machine that sleeps may stand still.
    ['by one period alone is believed at once', [look(4, 4n), look(5, 5n)], ['evolved', 'evolved']],
    ['with the monotonic clock is time that passed', [look(9, 9n, 600_000)], ['evolved']],
  ])('%s', (_what, looks, changes) => {
    const { holder, clock, pass, told } = holderWithClocks();
    for (const { shown, current, before } of looks) {
      clock.setPeriod(shown);
      pass(before);
      expect(holder.current()?.period).toBe(current);
    }
    expect(told()).toEqual(changes);
  });

  test('and is doubted: the time before it counts, and the key stays as it is', () => {
    const { holder, clock, changes } = holderWithClocks();
    const { time } = clock;
    clock.setPeriod(9);
    expect([holder.period(), holder.isClockDoubted, holder.time]).toEqual([3n, true, time]);
    expect(holder.held()?.evolution).toBe(0);
    expect(changes).toEqual([{ change: 'doubted', expected: 3n, shown: 9n }]);
  });

  test('without a key is believed at once', () => {
    const { holder, clock, offer } = holderIn(3);
    clock.monotonicTime = () => 0;
    holder.advance();
    clock.setPeriod(40);
    expect(offer(70n, { start: 40 }).refusal).toBeUndefined();
    expect(holder.held()?.evolution).toBe(0);
  });

  test('by another network waits for a second look too', () => {
    const { holder, pass } = holderWithClocks();
    const parameters = kesParameters({ ...network, slotsPerKesPeriod: 1 });
    const faster = { ...configuration, parameters };
    holder.configure(faster);
    expect(holder.held()?.evolution).toBe(0);
    pass(SECOND_LOOK);
    expect(holder.held()).toBeUndefined();
  });
});
