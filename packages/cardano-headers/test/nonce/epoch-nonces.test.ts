import { blake2b256 } from '@evolock/kes-sum/all';
import { errorOf } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { hexOf } from '../../src/index.js';
import { epochParametersOfGenesis } from '../../src/genesis.js';
import {
  epochOfSlot,
  EpochNonces,
  epochParametersOf,
  type NonceHeader,
  type NonceState,
} from '../../src/nonces.js';
import { epochParameters } from '../../src/nonce/epochs.js';
import { chunksFromTheFirst, previewNonces, whyNone } from '../support/chunks.js';
import { native } from '../support/native.js';

const { parseHeader } = native;

const nonceOf = (digits: string) => new Uint8Array(Buffer.from(digits, 'hex'));
const filled = (byte: number) => new Uint8Array(32).fill(byte);
const hash = (...parts: readonly Uint8Array[]) => blake2b256(Buffer.concat(parts));

test.skipIf(previewNonces === undefined)(
  `along the first blocks of preview each epoch gets its published nonce${whyNone}`,
  () => {
    const nonces = new EpochNonces(epochParametersOf('preview'));
    const seen = new Map<bigint, Set<string>>();
    for (const blocks of chunksFromTheFirst())
      for (const block of blocks) {
        const nonce = hexOf(nonces.add(parseHeader(block)));
        const { epoch } = nonces.state;
        seen.set(epoch, (seen.get(epoch) ?? new Set()).add(nonce));
      }
    expect([...seen.keys()]).toEqual([0n, 1n, 2n]);
    for (const [epoch, each] of seen) expect([...each]).toEqual([previewNonces?.get(epoch)]);
  },
);

test.skipIf(previewNonces === undefined)(
  `a chain continues from the state of any of its blocks${whyNone}`,
  () => {
    const parameters = epochParametersOf('preview');
    let nonces = new EpochNonces(parameters);
    const whole = new EpochNonces(parameters);
    for (const [index, blocks] of [...chunksFromTheFirst()].entries())
      for (const block of blocks) {
        const header = parseHeader(block);
        if (index % 20 === 19) nonces = new EpochNonces(parameters, nonces.state);
        expect(nonces.add(header)).toEqual(whole.add(header));
      }
    expect(nonces.state).toEqual(whole.state);
  },
);

test('the entropy of mainnet is in the nonce of epoch 259', () => {
  const mainnet = epochParametersOf('mainnet');
  const other = epochParameters({
    genesisHash: mainnet.genesisHash,
    slotsPerEpoch: 432_000,
    securityParameter: 2_160,
    activeSlotsCoefficient: 0.05,
    firstSlot: 4_492_800n,
    firstEpoch: 208n,
  });
  // The published candidate, the last block of epoch 257, and the nonce that follows.
  const state: NonceState = {
    epoch: 258n,
    slot: undefined,
    epochNonce: filled(1),
    evolving: filled(2),
    candidate: nonceOf('d1340a9c1491f0face38d41fd5c82953d0eb48320d65e952414a0c5ebaf87587'),
    previousHash: undefined,
    lastOfEpoch: nonceOf('ee91d679b0a6ce3015b894c575c799e971efac35c7a8cbdc2b3f579005e69abd'),
  };
  const slot = 4_492_800n + (259n - 208n) * 432_000n;
  const expected = '0022cfa563a5328c4fb5c8017121329e964c26ade5d167b1bd9b2ec967772b60';
  expect(hexOf(new EpochNonces(mainnet, state).add(headerAt(slot)))).toBe(expected);
  expect(hexOf(new EpochNonces(other, state).add(headerAt(slot)))).not.toBe(expected);
});

/** Epochs of 1,000 slots; the window is 300 slots until Babbage, and 400 from Conway on. */
const small = epochParameters({
  genesisHash: filled(9),
  slotsPerEpoch: 1_000,
  securityParameter: 20,
  activeSlotsCoefficient: 0.2,
});

function headerAt(slot: bigint, { era = 6, previous = filled(4) } = {}): NonceHeader {
  const shape = era < 6 ? 'TPraos' : 'Praos';
  const output = new Uint8Array(64).fill(Number(slot % 251n));
  return { shape, era, slot, previousHash: previous, vrf: { nonce: { output } } };
}

describe('the window at the end of an epoch', () => {
  test.each([
    [5, 699n, true],
    [5, 700n, false],
    [6, 699n, true],
    [6, 700n, false],
    [7, 599n, true],
    [7, 600n, false],
  ])('in era %i a block of slot %i contributes to the next nonce: %s', (era, slot, contributes) => {
    const nonces = new EpochNonces(small);
    nonces.add(headerAt(slot, { era }));
    const { evolving, candidate } = nonces.state;
    expect(candidate).toEqual(contributes ? evolving : filled(9));
    expect(evolving).not.toEqual(filled(9));
  });

  test('is rounded up, of the decimal digits of the coefficient', () => {
    const windows = (k: number, f: number) => {
      const init = { genesisHash: filled(9), slotsPerEpoch: 1_000 };
      const made = epochParameters({ ...init, securityParameter: k, activeSlotsCoefficient: f });
      return [made.stabilityWindow, made.randomnessWindow];
    };
    expect(windows(2_160, 0.05)).toEqual([129_600n, 172_800n]);
    expect(windows(10, 0.7)).toEqual([43n, 58n]);
    expect(windows(1, 1)).toEqual([3n, 4n]);
    expect(windows(1, 0.000_001)).toEqual([3_000_000n, 4_000_000n]);
  });
});

test('the nonce of the next slot is that of the block that is made there', () => {
  const nonces = new EpochNonces(small);
  for (const slot of [10n, 11n, 650n, 990n, 1_000n, 1_990n, 2_000n, 4_700n]) {
    const expected = nonces.nonceAt(slot);
    expect(nonces.add(headerAt(slot))).toEqual(expected);
    expect(epochOfSlot(small, slot)).toBe(nonces.state.epoch);
    expect(() => nonces.nonceAt(slot)).toThrow(/later slot/);
  }
});

describe('the nonce of a new epoch', () => {
  test('is the candidate joined with the previous hash that the last block but one epoch stated', () => {
    const nonces = new EpochNonces(small);
    nonces.add(headerAt(10n, { previous: filled(1) }));
    const first = nonces.state.candidate;
    // No epoch was before the first one: the candidate alone.
    expect(nonces.add(headerAt(1_010n, { previous: filled(2) }))).toEqual(first);
    const { candidate } = nonces.state;
    expect(nonces.add(headerAt(2_010n, { previous: filled(3) }))).toEqual(
      hash(candidate, filled(1)),
    );
  });

  test('is made once when epochs without any block lie between', () => {
    const nonces = new EpochNonces(small);
    nonces.add(headerAt(10n, { previous: filled(1) }));
    nonces.add(headerAt(1_010n, { previous: filled(2) }));
    const { candidate } = nonces.state;
    expect(nonces.add(headerAt(5_010n))).toEqual(hash(candidate, filled(1)));
    expect(nonces.state.epoch).toBe(5n);
  });
});

test('a slot that is not later, and an unknown era, are refused without a change', () => {
  const nonces = new EpochNonces(small);
  nonces.add(headerAt(10n));
  const before = nonces.state;
  const code = 'ERR_EVOLOCK_ARGUMENT_VALUE';
  for (const slot of [10n, 9n, 0n])
    expect(errorOf(() => nonces.add(headerAt(slot)))).toMatchObject({ code });
  const unknown = { ...headerAt(11n), era: undefined };
  expect(errorOf(() => nonces.add(unknown))).toMatchObject({ code });
  expect(nonces.state).toEqual(before);
});

test('what an object returns is a copy', () => {
  const nonces = new EpochNonces(small);
  const previous = filled(1);
  nonces.add(headerAt(10n, { previous })).fill(0);
  nonces.state.evolving.fill(0);
  previous.fill(0);
  expect(nonces.state.epochNonce).toEqual(filled(9));
  expect(nonces.state.previousHash).toEqual(filled(1));
  expect(nonces.state.evolving).not.toEqual(filled(0));
});

describe('a genesis file', () => {
  const genesis = { epochLength: 1_000, securityParam: 20, activeSlotsCoeff: 0.2 };
  const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

  test('states the epochs, and its hash is the first nonce', () => {
    const json = bytesOf(genesis);
    expect(epochParametersOfGenesis(json)).toEqual({ ...small, genesisHash: blake2b256(json) });
  });

  test.each([
    ['epochLength', 0],
    ['securityParam', '20'],
    ['activeSlotsCoeff', 0],
    ['activeSlotsCoeff', 1.5],
    ['activeSlotsCoeff', undefined],
  ])('with a wrong %s (%s) is refused, with its name', (field, value) => {
    const error = errorOf(() => epochParametersOfGenesis(bytesOf({ ...genesis, [field]: value })));
    expect(error).toMatchObject({ code: 'ERR_EVOLOCK_CARDANO_PARAMETERS', field });
  });
});
