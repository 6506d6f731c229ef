/** What a run over a chain keeps for the next one: its state as text, and where its nonces stand. */
import { errorOf, wrongly } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { ChainNonces } from '../../src/database/nonces.js';
import { stateIn, stateText, type RunState } from '../../src/database/state.js';
import { COUNTS, type Counts } from '../../src/database/tally.js';
import { epochParameters } from '../../src/nonce/epochs.js';
import { native } from '../support/native.js';

const hash = 'ab'.repeat(32);
const nonce = new Uint8Array(32).fill(7);

const state: RunState = {
  chunk: 3,
  judged: { chunks: 2, bytes: 100_000, last: 2, lastSize: 60_000, lastHash: hash },
  counts: {
    ...(Object.fromEntries(COUNTS.map((name) => [name, 0])) as unknown as Counts),
    valid: 4,
    incomplete: 1,
  },
  chain: {
    pools: [
      [
        'k'.repeat(32),
        {
          blocks: 5,
          firstNumber: 2n,
          number: 3n,
          firstSlot: 10n,
          lastSlot: 90n,
          firstEvolution: 0,
          lastEvolution: 61,
          gaps: 0,
        },
      ],
    ],
    eras: [[6, 5]],
    firstSlot: 10n,
    lastSlot: 90n,
    number: 77n,
    hash,
    chunk: 2,
    gaps: 1,
  },
  nonces: {
    place: 'following',
    byronChunk: 1,
    hash,
    nonces: {
      epoch: 4n,
      slot: 90n,
      epochNonce: nonce,
      evolving: nonce,
      candidate: nonce,
      previousHash: nonce,
      lastOfEpoch: nonce,
    },
  },
};

/** The path of every member, from the outside in. */
function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [[]];
  const within = Object.entries(value).flatMap(([name, each]) =>
    pathsOf(each).map((path) => [name, ...path]),
  );
  return [[], ...within];
}

function withStrange(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return 'strange';
  const copy: Record<string, unknown> = Array.isArray(value)
    ? wrongly([...(value as unknown[])])
    : { ...(value as Record<string, unknown>) };
  copy[name] = withStrange(copy[name], rest);
  return copy;
}

test('a state comes back whole', () => {
  expect(stateIn(stateText('mainnet', state), 'mainnet')).toEqual(state);
  expect(errorOf(() => stateIn(stateText('mainnet', state), 'preview'))).toMatchObject({
    problem: 'other-subject',
  });
});

test.each(pathsOf(state).filter((path) => path.length > 0))(
  'a state with a strange value at %s is refused',
  (...path) => {
    const text = stateText('mainnet', wrongly(withStrange(state, path)));
    expect(errorOf(() => stateIn(text, 'mainnet'))).toMatchObject({ problem: 'damaged' });
  },
);

test.each([
  ['one more block of a pool', { counts: { ...state.counts, valid: 5 } }],
  ['more headers than its bytes have room for', { judged: { ...state.judged, bytes: 1_000 } }],
  ['another last header', { judged: { ...state.judged, lastHash: 'cd'.repeat(32) } }],
])('a state with %s contradicts itself', (_, change) => {
  const text = stateText('mainnet', { ...state, ...change });
  expect(errorOf(() => stateIn(text, 'mainnet'))).toMatchObject({ problem: 'damaged' });
});

test.each([
  ['the next header', 'following', {}],
  ['a header that links to another one', 'lost', { previousHash: nonce }],
  ['a header of a slot that is not later', 'lost', { slot: 10n }],
  ['a header without an era', 'lost', { era: undefined }],
])('%s leaves the nonces of a chain at the place %s', (_, place, change) => {
  const first = {
    era: 6,
    slot: 10n,
    previousHash: undefined,
    hash,
    shape: 'Praos',
    vrf: { nonce: { output: new Uint8Array(64) } },
  };
  const next = { ...first, slot: 11n, previousHash: Buffer.from(hash, 'hex'), ...change };
  const epochs = epochParameters({
    genesisHash: nonce,
    slotsPerEpoch: 1_000,
    securityParameter: 20,
    activeSlotsCoefficient: 0.2,
  });
  const headers = [first, next];
  const nonces = new ChainNonces(epochs, {
    ...native,
    parseHeader: (bytes) => wrongly(headers[Number(bytes[0])]),
  });
  const cuts = [{ bytes: Uint8Array.of(0) }, { bytes: Uint8Array.of(1) }];
  nonces.of(wrongly({ cuts, chunk: 0 }));
  expect(nonces.state.place).toBe(place);
});
