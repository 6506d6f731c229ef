import { kesParameters, verifyCertificate } from '@evolock/cardano-kes';
import { directDeserialiseBufChecked, sum6Kes } from '@evolock/kes-sum';
import { afterEach, describe, expect, test } from 'vitest';
import type { AgentEvent } from '../../src/agent/events.js';
import { KeyStore } from '../../src/agent/key-store.js';
import {
  kesKeyOf,
  network,
  PERIOD_SECONDS,
  SECOND_LOOK,
  TestClock,
  TestPool,
} from '../support/pool.js';

const pool = new TestPool();
const other = new TestPool(2);
const opened: KeyStore[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

/** A store whose clock is in a period. */
function storeIn(period: number, { signBlockHeaders = false } = {}) {
  const clock = new TestClock(period);
  const events: AgentEvent[] = [];
  const { coldVerificationKey } = pool;
  const store = new KeyStore(
    { coldVerificationKey, parameters: network },
    { ...clock.clocks, log: (event) => events.push(event), signBlockHeaders },
  );
  opened.push(store);
  return { store, clock, events };
}

/** A store that holds a key whose certificate starts in its current period. */
function storeWithKey(period: number, counter = 0, options = {}) {
  const all = storeIn(period, options);
  const certificate = pool.certify(all.store.stage(), { counter, start: period });
  expect(all.store.install(certificate)).toBe('ok');
  return { ...all, certificate };
}

const message = new TextEncoder().encode('a message');

/** An array of ten items that begins with two integers: it may be the body of a block header. */
const headerBody = Uint8Array.of(0x8a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

describe('the staged key', () => {
  test('is none at first, and can be generated, exported and dropped', () => {
    const { store } = storeIn(3);
    expect(store.stagedVerificationKey()).toBeUndefined();
    const verificationKey = store.stage();
    expect(store.stagedVerificationKey()).toEqual(verificationKey);
    store.dropStaged();
    expect(store.stagedVerificationKey()).toBeUndefined();
    store.dropStaged();
  });

  test('is replaced by the next, with a warning', () => {
    const { store, events } = storeIn(3);
    const first = store.stage();
    expect(store.stage()).not.toEqual(first);
    expect(events.map((each) => each.event)).toEqual([
      'key-staged',
      'staged-key-replaced',
      'key-staged',
    ]);
    expect(events[1]?.words).toContain(Buffer.from(first).toString('hex'));
  });

  test('is gone when it is installed, and a second installation says that there is none', () => {
    const { store, certificate } = storeWithKey(3);
    expect(store.stagedVerificationKey()).toBeUndefined();
    expect(store.install(certificate)).toBe('no-key');
    expect(store.current()?.evolution).toBe(0);
  });
});

describe('an installation that is refused keeps the staged key', () => {
  test.each([
    ['another cold key signed the certificate', () => other, {}],
    ['the start period is in the future', () => pool, { start: 4 }],
    ['the last period is over', () => pool, { start: 0 }],
  ])('%s', (_words, issuer, fields) => {
    const { store } = storeIn('start' in fields && fields.start === 0 ? 62 : 3);
    const staged = store.stage();
    expect(store.install(issuer().certify(staged, { start: 3, ...fields }))).toBe(
      'invalid-certificate',
    );
    expect(store.stagedVerificationKey()).toEqual(staged);
    expect(store.current()).toBeUndefined();
  });

  test('the clock is before the start of the network, which the log states', () => {
    const { store, events } = storeIn(-1);
    const staged = store.stage();
    expect(store.install(pool.certify(staged, { start: 0 }))).toBe('invalid-certificate');
    expect(events.at(-1)?.words).toContain('the clock is before the start of the network');
    expect(store.stagedVerificationKey()).toEqual(staged);
  });

  test('the certificate is for another key', () => {
    const { store } = storeIn(3);
    const first = store.stage();
    const staged = store.stage();
    expect(store.install(pool.certify(first, { start: 3 }))).toBe('invalid-certificate');
    expect(store.stagedVerificationKey()).toEqual(staged);
  });

  test('the counter is lower than that of the current key', () => {
    const { store, certificate } = storeWithKey(3, 5);
    const staged = store.stage();
    expect(store.install(pool.certify(staged, { counter: 4, start: 3 }))).toBe('outdated');
    expect(store.stagedVerificationKey()).toEqual(staged);
    expect(store.current()?.certificate).toEqual(certificate);
  });
});

describe('a key', () => {
  test('is installed at the evolution of the clock', () => {
    const { store } = storeIn(7);
    expect(store.install(pool.certify(store.stage(), { start: 3 }))).toBe('ok');
    expect(store.current()?.evolution).toBe(4);
  });

  test('is replaced by one with the same or a higher counter', () => {
    const { store } = storeWithKey(3, 1);
    expect(store.install(pool.certify(store.stage(), { counter: 1, start: 3 }))).toBe('ok');
    expect(store.install(pool.certify(store.stage(), { counter: 2, start: 3 }))).toBe('ok');
    expect(store.current()?.certificate.sequenceNumber).toBe(2n);
  });

  test('can be installed with a lower counter after a drop', () => {
    const { store } = storeWithKey(3, 5);
    expect(store.drop()).toBe('ok');
    expect(store.drop()).toBe('no-key');
    expect(store.install(pool.certify(store.stage(), { counter: 2, start: 3 }))).toBe('ok');
  });

  test('evolves with the clock, over several periods at once too, and is no change', () => {
    const { store, clock } = storeWithKey(3);
    const { revision } = store;
    for (const period of [4, 5, 30]) {
      clock.setPeriod(period);
      expect(store.current()?.evolution).toBe(period - 3);
    }
    expect(store.revision).toBe(revision);
  });

  test('does not go back with the clock', () => {
    const { store, clock } = storeWithKey(3);
    clock.setPeriod(9);
    store.advance();
    clock.setPeriod(4);
    expect(store.current()?.evolution).toBe(6);
    expect(store.sign({ message, period: undefined })).toEqual({ result: 'clock', period: 4n });
  });

  test('is wiped when its last period is over', () => {
    const { store, clock, events } = storeWithKey(3);
    clock.setPeriod(64);
    expect(store.current()?.evolution).toBe(61);
    clock.setPeriod(65);
    expect(store.current()).toBeUndefined();
    expect(events.at(-1)?.event).toBe('key-expired');
    expect(store.droppedAt).toBeUndefined();
  });

  test('gets a newer timestamp each time, although the clock is set back', () => {
    const { store, clock } = storeWithKey(3);
    const first = store.current()?.timestamp ?? 0n;
    clock.time -= 1_000;
    store.install(pool.certify(store.stage(), { start: 3 }));
    const second = store.current()?.timestamp ?? 0n;
    expect(second).toBeGreaterThan(first);
    store.drop();
    expect(store.droppedAt).toBeGreaterThan(second);
  });
});

describe('a key of a peer', () => {
  /** Offers a new key of a number, with a timestamp. */
  function offer(
    { store }: { readonly store: KeyStore },
    timestamp: bigint | undefined,
    { key = 1, counter = 0, start = 3, evolution = 0, issuer = pool } = {},
  ) {
    const signingKey = kesKeyOf(key, evolution);
    const certificate = issuer.certify(signingKey.deriveVerificationKey(), { counter, start });
    return { result: store.receive({ signingKey, certificate, timestamp }), signingKey };
  }

  test('is taken, evolves, and keeps its timestamp', () => {
    const all = storeIn(5);
    expect(offer(all, 70n).result).toBe('ok');
    expect(all.store.current()).toMatchObject({ evolution: 2, timestamp: 70n });
  });

  test('is released when it is refused', () => {
    const all = storeIn(5);
    const { result, signingKey } = offer(all, 70n, { issuer: other });
    expect(result).toBe('invalid-certificate');
    expect(signingKey.released).toBe(true);
  });

  test.each([
    [60n, {}, 'outdated'],
    [70n, {}, 'outdated'],
    [71n, {}, 'ok'],
    [71n, { counter: 4 }, 'outdated'],
    [71n, { start: 6 }, 'invalid-certificate'],
    [71n, { evolution: 2 }, 'ok'],
    [71n, { evolution: 3 }, 'invalid-certificate'],
  ])('after one of counter 5 at 70: at %s, %o: %s', (timestamp, fields, expected) => {
    const all = storeIn(5);
    offer(all, 70n, { counter: 5 });
    expect(offer(all, timestamp, { key: 2, counter: 5, ...fields }).result).toBe(expected);
  });

  test('does not come back after its drop', () => {
    const all = storeIn(5);
    offer(all, 70n);
    expect(all.store.receiveDrop(69n)).toBe('outdated');
    expect(all.store.receiveDrop(70n)).toBe('ok');
    expect(all.store.receiveDrop(70n)).toBe('outdated');
    expect(offer(all, 70n).result).toBe('outdated');
    expect(offer(all, undefined).result).toBe('outdated');
    expect(all.store.current()).toBeUndefined();
  });

  test('is outdated after a drop far ahead, and an installation is not', () => {
    const all = storeIn(5);
    offer(all, 70n);
    const ahead = 2n ** 63n - 2n;
    expect(all.store.receiveDrop(ahead)).toBe('ok');
    expect(offer(all, 71n, { key: 2, counter: 1 }).result).toBe('outdated');
    expect(all.store.install(pool.certify(all.store.stage(), { start: 3 }))).toBe('ok');
    expect(all.store.current()?.timestamp).toBe(ahead + 1n);
  });

  test('of the same moment as an installation here is outdated', () => {
    const all = storeWithKey(3);
    const { certificate, timestamp } = all.store.current() ?? {};
    expect(offer(all, timestamp, { key: 2, counter: 9 }).result).toBe('outdated');
    expect(all.store.current()?.certificate).toEqual(certificate);
  });

  test('without a timestamp: repeated, it is outdated; another one is taken', () => {
    const all = storeIn(5);
    expect(offer(all, undefined).result).toBe('ok');
    expect(offer(all, undefined).result).toBe('outdated');
    expect(offer(all, undefined, { key: 2 }).result).toBe('ok');
    expect(offer(all, undefined, { key: 3, counter: 1 }).result).toBe('ok');
    expect(offer(all, undefined, { key: 4 }).result).toBe('outdated');
  });
});

describe('a signature', () => {
  test('verifies, with the certificate of the key', () => {
    const { store, clock, certificate } = storeWithKey(3);
    clock.setPeriod(8);
    const answer = store.sign({ message, period: 8n });
    if (answer.result !== 'signed') throw new Error(answer.result);
    expect(answer.evolution).toBe(5);
    expect(answer.certificate).toEqual(certificate);
    expect(verifyCertificate(answer.certificate, answer.coldVerificationKey).valid).toBe(true);
    const { hotVerificationKey } = answer.certificate;
    expect(sum6Kes.verify(hotVerificationKey, 5, message, answer.signature)).toBe(true);
  });

  test('is refused without a key, for another period, and for the body of a header', () => {
    const { store } = storeIn(3);
    expect(store.sign({ message, period: undefined })).toEqual({ result: 'no-key', period: 3n });
    store.install(pool.certify(store.stage(), { start: 3 }));
    for (const period of [2n, 4n]) {
      expect(store.sign({ message, period })).toEqual({ result: 'wrong-period', period: 3n });
    }
    expect(store.sign({ message: headerBody, period: undefined })).toEqual({
      result: 'block-header',
      period: 3n,
    });
  });

  test('over the body of a header needs a store that is made for it', () => {
    const { store } = storeWithKey(3, 0, { signBlockHeaders: true });
    expect(store.sign({ message: headerBody, period: undefined }).result).toBe('signed');
  });

  test('is logged by the hash of the message, which is not logged', () => {
    const { store, events } = storeWithKey(3);
    store.sign({ message, period: undefined });
    const { facts } = events.at(-1) ?? {};
    expect(facts).toMatchObject({ size: 9, period: '3', evolution: 0 });
    expect(facts?.['messageHash']).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(events)).not.toContain('a message');
  });
});

describe('a lease', () => {
  test('is none without a key', async () => {
    const { store } = storeIn(3);
    expect(await store.lease(() => undefined)).toBeUndefined();
  });

  test('shares one snapshot with others, which is wiped with the last of them', async () => {
    const { store } = storeWithKey(3);
    const first = await store.lease(() => undefined);
    const second = await store.lease(() => undefined);
    expect(second?.bytes).toBe(first?.bytes);
    first?.end();
    first?.end();
    expect(second?.bytes.released).toBe(false);
    second?.end();
    expect(second?.bytes.released).toBe(true);
  });

  test('keeps its bytes at their evolution; the next waits until it ends', async () => {
    const { store, clock } = storeWithKey(3);
    const before = await store.lease(() => undefined);
    clock.setPeriod(4);
    expect(store.current()?.evolution).toBe(1);
    expect(before?.evolution).toBe(0);
    const waiting = store.lease(() => undefined);
    let hasCome = false;
    void waiting.then(() => (hasCome = true));
    await new Promise(setImmediate);
    expect(hasCome).toBe(false);
    before?.end();
    const after = await waiting;
    expect(before?.bytes.released).toBe(true);
    expect(after?.evolution).toBe(1);
    const read = after?.bytes.withBytes((bytes) => directDeserialiseBufChecked(bytes, sum6Kes));
    expect(read?.period).toBe(1);
    read?.release();
    after?.end();
  });

  test('is aborted and wiped when the store closes', async () => {
    const { store } = storeWithKey(3);
    let isAborted = false;
    const lease = await store.lease(() => (isAborted = true));
    await store.close();
    expect(isAborted).toBe(true);
    expect(lease?.bytes.released).toBe(true);
    lease?.end();
  });
});

test('a closed store takes no key', async () => {
  const { store } = storeIn(3);
  await store.close();
  expect(() => store.stage()).toThrow('the agent is closed');
  const signingKey = kesKeyOf(1);
  const certificate = pool.certify(signingKey.deriveVerificationKey(), { start: 3 });
  expect(store.receive({ signingKey, certificate, timestamp: 1n })).toBe('unknown');
  expect(signingKey.released).toBe(true);
});

test('the configuration is replaced without a loss of keys', () => {
  const { store, certificate } = storeWithKey(3);
  const staged = store.stage();
  store.configure({ coldVerificationKey: other.coldVerificationKey, parameters: network });
  expect(store.current()?.certificate).toEqual(certificate);
  expect(store.install(pool.certify(staged, { start: 3 }))).toBe('invalid-certificate');
  expect(store.install(other.certify(staged, { start: 3 }))).toBe('ok');
});

describe('a clock that steps by more than a period', () => {
  /** A store with a key from period 3 on, and a monotonic clock that the test moves. */
  function storeWithClocks() {
    const all = storeWithKey(3);
    let elapsed = all.clock.time;
    all.clock.monotonicTime = () => elapsed;
    all.store.advance();
    return { ...all, pass: (milliseconds: number) => (elapsed += milliseconds) };
  }

  test.each([
    ['far ahead', 3_000],
    ['by two periods', 5],
  ])('%s for one look changes nothing', (_words, period) => {
    const { store, clock, events } = storeWithClocks();
    clock.setPeriod(period);
    store.advance();
    expect(store.sign({ message, period: undefined })).toEqual({ result: 'clock', period: 3n });
    expect(store.current()?.evolution).toBe(0);
    clock.setPeriod(3);
    expect(store.sign({ message, period: undefined }).result).toBe('signed');
    expect(events.filter(({ event }) => event === 'clock-doubted')).toHaveLength(1);
  });

  test('is no timestamp of a drop or of an installation', () => {
    const { store, clock } = storeWithClocks();
    const installedAt = store.current()?.timestamp ?? 0n;
    clock.setPeriod(3_000);
    store.install(pool.certify(store.stage(), { start: 3 }));
    expect(store.current()?.timestamp).toBe(installedAt + 1n);
    store.drop();
    expect(store.droppedAt).toBe(installedAt + 2n);
  });

  test('is believed at a second look', () => {
    const { store, clock, pass } = storeWithClocks();
    clock.setPeriod(9);
    store.advance();
    pass(SECOND_LOOK - 1);
    expect(store.current()?.evolution).toBe(0);
    pass(1);
    expect(store.current()?.evolution).toBe(6);
    expect(store.sign({ message, period: 9n }).result).toBe('signed');
    clock.setPeriod(3_000);
    expect(store.current()?.evolution).toBe(6);
    pass(SECOND_LOOK);
    expect(store.current()).toBeUndefined();
  });

  test('to the past for a moment makes the right time no step', () => {
    const { store, clock } = storeWithClocks();
    for (const period of [0, -20]) {
      clock.setPeriod(period);
      expect(store.sign({ message, period: undefined }).result).toBe('clock');
      clock.setPeriod(3);
      expect(store.sign({ message, period: undefined }).result).toBe('signed');
    }
  });

  // The monotonic clock of a machine that sleeps may stand still.
  test('by one period alone is believed at once', () => {
    const { store, clock, events } = storeWithClocks();
    clock.setPeriod(4);
    expect(store.current()?.evolution).toBe(1);
    clock.setPeriod(5);
    expect(store.sign({ message, period: 5n }).result).toBe('signed');
    expect(events.filter(({ event }) => event === 'clock-doubted')).toEqual([]);
  });

  test('together with the monotonic clock is time that passed', () => {
    const { store, clock, pass } = storeWithClocks();
    pass(6 * PERIOD_SECONDS * 1_000);
    clock.setPeriod(9);
    expect(store.current()?.evolution).toBe(6);
  });

  test('without a key is believed at once', () => {
    const { store, clock } = storeIn(3);
    clock.monotonicTime = () => 0;
    store.advance();
    clock.setPeriod(40);
    expect(store.install(pool.certify(store.stage(), { start: 40 }))).toBe('ok');
    expect(store.current()?.evolution).toBe(0);
  });

  test('by a reload waits for a second look too', () => {
    const { store, pass } = storeWithClocks();
    const { coldVerificationKey } = pool;
    const faster = kesParameters({ ...network, slotsPerKesPeriod: 1 });
    store.configure({ coldVerificationKey, parameters: faster });
    expect(store.current()?.evolution).toBe(0);
    store.configure({ coldVerificationKey, parameters: network });
    expect(store.sign({ message, period: undefined }).result).toBe('signed');
    store.configure({ coldVerificationKey, parameters: faster });
    expect(store.current()?.evolution).toBe(0);
    pass(SECOND_LOOK);
    expect(store.current()).toBeUndefined();
  });
});
