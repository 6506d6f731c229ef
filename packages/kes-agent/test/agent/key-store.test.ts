/** The commands of an agent: the staged key, installations, drops, signatures, and what the log states about them. */
import { absolutePeriod, parseHeader } from '@evolock/cardano-headers';
import { musashiBlock } from '@evolock/test-support/musashi';
import { describe, expect, onTestFinished, test } from 'vitest';
import { noteTo, type AgentEvent } from '../../src/agent/events.js';
import { KeyStore } from '../../src/agent/key-store.js';
import type { OfferedKey } from '../../src/held-key.js';
import { configuration, kesKeyOf, otherPool, pool, TestClock } from '../support/pool.js';

function storeIn(period: number, { signBlockHeaders = false } = {}) {
  const clock = new TestClock(period);
  const events: AgentEvent[] = [];
  const options = { ...clock.clocks, signBlockHeaders };
  const store = new KeyStore(configuration, { ...options, note: noteTo((it) => events.push(it)) });
  onTestFinished(() => store.close());
  return {
    store,
    clock,
    events,
    names: () => events.map(({ event }) => event),
    install: (fields: { readonly counter?: number; readonly start: number }) =>
      store.install(pool.certify(store.stage(), fields)),
  };
}

/** A store in period 3 that holds a key whose certificate starts there. */
function storeWithKey(counter = 0, options = {}) {
  const all = storeIn(3, options);
  expect(all.install({ counter, start: 3 })).toBe('ok');
  return all;
}

/** A key of a peer. */
function offered(timestamp: bigint): OfferedKey {
  const signingKey = kesKeyOf(2);
  const certificate = pool.certify(signingKey.deriveVerificationKey(), { counter: 9, start: 3 });
  return { signingKey, evolution: 0, certificate, timestamp };
}

const message = new TextEncoder().encode('a message');

/** An array of ten items that begins with two integers may be the body of a block header. The other one is, with 12 fields. */
const headerBodies = [
  Uint8Array.of(0x8a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  parseHeader(musashiBlock).bodyBytes,
];

describe('the staged key', () => {
  test('is replaced by the next, with a warning', () => {
    const { store, events, names } = storeIn(3);
    const first = store.stage();
    expect(store.stage()).not.toEqual(first);
    expect(names()).toEqual(['key-staged', 'staged-key-replaced', 'key-staged']);
    expect(events[1]?.words).toContain(Buffer.from(first).toString('hex'));
  });

  test('is gone when it is installed, and a second installation states that there is none', () => {
    const { store } = storeWithKey();
    expect(store.stagedVerificationKey()).toBeUndefined();
    expect(store.install(store.key.held()!.certificate)).toBe('no-key');
    expect(store.key.held()?.evolution).toBe(0);
  });

  test.each([
    ['another cold key signed the certificate', 3, { issuer: otherPool }, 'did not sign it'],
    ['the start period is in the future', 3, { start: 4 }, 'start period is in the future'],
    ['the last period is over', 62, { start: 0 }, 'its last period is over'],
    ['the clock is before the network', -1, { start: 0 }, 'before the start of the network'],
    ['the certificate is for another key', 3, { isForEarlier: true }, 'another key'],
  ])('stays when %s, and the log states why', (_why, period, fields, words) => {
    const { store, events } = storeIn(period);
    const earlier = store.stage();
    const staged = store.stage();
    const { issuer, start, isForEarlier } = {
      issuer: pool,
      start: 3,
      isForEarlier: false,
      ...fields,
    };
    const certificate = issuer.certify(isForEarlier ? earlier : staged, { start });
    expect(store.install(certificate)).toBe('invalid-certificate');
    expect(store.stagedVerificationKey()).toEqual(staged);
    expect(store.key.held()).toBeUndefined();
    expect(events.at(-1)).toMatchObject({ event: 'key-refused', level: 'error' });
    expect(events.at(-1)?.words).toContain(words);
  });
});

describe('a key', () => {
  test('is replaced by one with the same or a higher counter, and not by a lower one', () => {
    const { store, install } = storeWithKey(1);
    const results = [1, 2, 1].map((counter) => install({ counter, start: 3 }));
    expect(results).toEqual(['ok', 'ok', 'outdated']);
    expect(store.key.held()?.certificate.sequenceNumber).toBe(2n);
    expect(store.stagedVerificationKey()).toBeDefined();
    // After a drop any number may follow.
    expect([store.drop(), store.drop()]).toEqual(['ok', 'no-key']);
    expect(install({ counter: 1, start: 3 })).toBe('ok');
  });

  test('that evolves is no change, and one that is dropped is', () => {
    const { store, clock } = storeWithKey();
    let changes = 0;
    store.changes.on('change', () => (changes += 1));
    const { revision } = store;
    clock.setPeriod(9);
    store.key.advance();
    expect([store.revision - revision, changes]).toEqual([0, 0]);
    store.drop();
    expect([store.revision - revision, changes]).toEqual([1, 1]);
  });

  test.each([
    ['is set back', (clock: TestClock) => void (clock.time -= 1_000)],
    [
      'is doubted',
      (clock: TestClock) => {
        const { time } = clock;
        clock.monotonicTime = () => time;
        clock.setPeriod(3_000);
      },
    ],
  ])('gets a newer timestamp each time, although the clock %s', (_how, change) => {
    const { store, clock, install } = storeWithKey();
    const first = store.key.held()?.timestamp ?? 0n;
    change(clock);
    install({ start: 3 });
    expect(store.key.held()?.timestamp).toBe(first + 1n);
    store.drop();
    expect(store.key.droppedAt).toBe(first + 2n);
  });

  test('of a peer is outdated at the moment of an installation here, and after a drop far ahead', () => {
    const { store, install } = storeWithKey();
    const receive = (timestamp: bigint) => store.receive(offered(timestamp));
    const { timestamp } = store.key.held()!;
    expect(receive(timestamp)).toBe('outdated');
    const ahead = 2n ** 63n - 2n;
    expect([store.receiveDrop(ahead), receive(timestamp + 1n)]).toEqual(['ok', 'outdated']);
    expect(install({ start: 3 })).toBe('ok');
    expect(store.key.held()?.timestamp).toBe(ahead + 1n);
  });

  test('is not taken by a closed store', async () => {
    const { store } = storeIn(3);
    await store.close();
    expect(() => store.stage()).toThrow('the agent is closed');
    const late = offered(1n);
    expect(store.receive(late)).toBe('unknown');
    expect(late.signingKey.released).toBe(true);
  });
});

describe('a signature', () => {
  test('is refused without a key, for another period, and for the body of a header', () => {
    const { store, install } = storeIn(3);
    expect(store.sign({ message, period: undefined })).toEqual({ result: 'no-key', period: 3n });
    install({ start: 3 });
    for (const period of [2n, 4n].map(absolutePeriod))
      expect(store.sign({ message, period })).toEqual({ result: 'wrong-period', period: 3n });
    for (const message of headerBodies)
      expect(store.sign({ message, period: undefined })).toEqual({
        result: 'block-header',
        period: 3n,
      });
    const { store: permitted } = storeWithKey(0, { signBlockHeaders: true });
    for (const message of headerBodies)
      expect(permitted.sign({ message, period: undefined }).result).toBe('signed');
  });

  test('is refused when the clock shows no period of the key, or one that is doubted', () => {
    const { store, clock, names } = storeWithKey();
    const sign = () => store.sign({ message, period: undefined });
    clock.setPeriod(2);
    expect(sign()).toEqual({ result: 'clock', period: 2n });
    clock.setPeriod(-1);
    expect(sign()).toEqual({ result: 'clock', period: 0n });
    clock.setPeriod(3);
    const { time } = clock;
    clock.monotonicTime = () => time;
    store.key.advance();
    clock.setPeriod(3_000);
    expect(sign()).toEqual({ result: 'clock', period: 3n });
    expect(names().filter((name) => name === 'clock-doubted')).toHaveLength(1);
    clock.setPeriod(3);
    expect(sign().result).toBe('signed');
  });

  test('is logged by the hash of the message, which is not logged', () => {
    const { store, events } = storeWithKey();
    store.sign({ message, period: undefined });
    const { facts } = events.at(-1) ?? {};
    expect(facts).toMatchObject({ size: 9, period: '3', evolution: 0 });
    expect(facts?.['messageHash']).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(events)).not.toContain('a message');
  });
});
